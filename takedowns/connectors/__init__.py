"""Ways to carry a request, by code. Adding one is one file, one line here, and its tests."""

from typing import Final

from takedowns.connectors.base import Connector
from takedowns.connectors.form import Form
from takedowns.connectors.iwf import IwfReport

CONNECTORS: Final[dict[str, Connector]] = {
    connector.code: connector for connector in (IwfReport(), Form())
}
