"""Words so common that they tell no two stories apart: neither kept nor looked for.

Short on purpose: what a young person may mean by it (mother, home, school, no, never) is no stop
word in any language. Spelling variants need not be listed (privacy.words).
"""

from typing import Final

_ENGLISH: Final = """
a an the and or but if so of to in on at by for from with is am are was were be been being it its
this that these those there here i me my mine we us our you your he him his she her they them their
do does did done have has had will would shall should can could may might im ive youre hes shes
 theyre dont doesnt didnt isnt wasnt what which who when where how why just very too also than
then about into up down out over get got go going
"""
_FRENCH: Final = """
le la les un une des du de et ou mais si que qui quoi dont ce cet cette ces ça je me moi mon mes
tu te toi ton ta tes elle on nous notre nos vous votre vos ils elles leur leurs se sa ses est
suis es sommes êtes sont était étais être a avons avez ont avait avoir en y à au aux dans sur
sous pour par avec ne pas plus très aussi comme donc alors
"""
_HINDI: Final = """
का की के को से में मैं हम तुम आप यह ये वह वो इस उस इन उन है हैं हूँ था थी थे हो होता होती होते और या
पर भी ही तो ने कि जो मेरा मेरी मेरे मुझे हमारा तेरा तेरी आपका उसका उसकी उसके उनका अपना अपनी अपने क्या
कौन कब कहाँ कैसे क्यों रहा रही रहे गया गई गए कर करता करती करते किया एक लिए साथ अब फिर
"""
_ROMAN_HINDI: Final = """
ka ki ke ko se mein main me hum tum aap yeh ye woh wo vo is us hai hain hoon hun tha thi the ho aur
ya par bhi hi to toh ne mera meri mujhe mujhko tera teri uska uski uske apna apni apne kya kab
kahan kaise kyun kyon raha rahi rahe gaya gayi gaye kar karta karti karte kiya ek liye sath saath ab
phir
"""
_ARABIC: Final = """
في من إلى على عن مع هذا هذه ذلك تلك هو هي هم هن أنا نحن أنت أنتم أنتِ كان كانت كانوا يكون إن أن أنه
أنها أو ثم لكن قد ما ماذا متى أين كيف لماذا الذي التي الذين كل بعض عند كما لي له لها لك لنا لهم بي
به بها فيه فيها عليه عليها منه منها إذا لقد
"""

STOP_WORDS: Final = frozenset(
    f"{_ENGLISH} {_FRENCH} {_HINDI} {_ROMAN_HINDI} {_ARABIC}".split(),
)
