"""The directory the product ships with; nothing in it is verified until a colleague has looked."""

import json
from importlib.resources import files
from typing import Any


def _read(name: str) -> Any:
    return json.loads(files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8"))


def platforms() -> list[dict[str, Any]]:
    """Each platform as a row, with the names of its kinds of route under `routes`."""
    content = _read("platforms")
    return [dict(zip(content["columns"], row, strict=True)) for row in content["platforms"]]


def routes() -> list[dict[str, Any]]:
    """Each route as a row, with the code of its platform (empty: everywhere) under `platform`."""
    content = _read("routes")
    columns = content["columns"]
    made = [
        dict(zip(columns, row, strict=True)) | {"platform": ""} for row in content["everywhere"]
    ]
    for platform in platforms():
        for kind in platform["routes"]:
            row = dict(zip(columns, content["platform"][kind], strict=True))
            row["code"] = f"{platform['code']}-{row['code']}"
            row["name"] = f"{platform['name']}: {row['name']}"
            made.append(row | {"platform": platform["code"]})
    return made
