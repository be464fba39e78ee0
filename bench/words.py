"""What people write in the benches: several languages, short and long, never a word of danger."""

SAID = (
    "hello, somebody has photos of me and I do not know what to do",
    "hi",
    "someone made a fake account with my pictures and sends them to my whole class, they do not "
    "stop and I am afraid that my parents will see it before I can tell them myself",
    "mere photo kisi ne online daal diye, kya karu",
    "किसी ने मेरी फोटो इंटरनेट पर डाल दी है, मुझे क्या करना चाहिए",
    "شخص ما ينشر صوري ولا أعرف ماذا أفعل",
    "quelqu'un a publié mes photos et je ne sais pas quoi faire",
    "can you help me please, is anybody there",
)
