"""XML root: the element in which everything of an XML file is, read without expanding anything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

# What expat would expand comes only from a document type, and a file with one is refused.
from xml.etree import ElementTree as ET

from readers.findings import Findings

_DOCUMENT_TYPE: Final = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def xml_root(file: Path, text: str, findings: Findings, *, remedy: str) -> ET.Element | None:
    """Returns the root of a text; None after adding a fault with the remedy if it is no XML.

    A document type is a fault, as what it defines could be expanded without end.
    """
    if _DOCUMENT_TYPE.search(text):
        findings.fault(file, 1, "XML with a document type; leave the <!DOCTYPE …> out")
        return None
    try:
        return ET.fromstring(text)  # noqa: S314 - without a document type nothing is expanded
    except (ET.ParseError, ValueError) as error:
        findings.fault(file, 1, f"is XML that cannot be read: {error}; {remedy}")
        return None
