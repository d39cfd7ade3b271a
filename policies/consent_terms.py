"""What a consent record's fields are called in the Data Privacy Vocabulary, as ISO/IEC TS 27560:2023 asks for them.

Source: "Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV", W3C DPVCG, 2024-08-01, §7.2 for the
fields and § as below for how each is written; terms are those of DPV 2.3, https://w3id.org/dpv. The context stands in
every record, so that nobody needs a network to read one.

| field of 27560 | § | term |
|---|---|---|
| schema version, record id | 8.1.1, 8.1.2 | dct:conformsTo, dct:identifier |
| pii principal id | 8.1.3 | dpv:hasDataSubject |
| privacy notice, language | 8.2.1, 8.2.2 | dpv:hasNotice, dct:language |
| purpose, purpose type, processing method | 8.3.1, 8.3.2, 8.3.4 | dpv:hasProcess, dpv:hasPurpose, dpv:hasProcessing |
| pii information, special category | 8.3.3 | dpv:hasPersonalData |
| storage location, retention period | 8.3.4 | dpv:hasStorageCondition |
| pii controllers, processors | 8.3.5, 8.3.7 | dpv:hasDataController, dpv:hasDataProcessor |
| lawful basis | 8.3.6 | dpv:hasLegalBasis |
| withdrawal method | 8.3.8 | dpv:hasConsentControl |
| event type, state, time, validity, entity | 8.5.1 to 8.5.6 | dpv:hasConsentStatus |
"""

from __future__ import annotations

from typing import Final

from policies.actions import Purpose

CONFORMS: Final = "https://w3id.org/dpv/schema/dpv-27560#record"
CONTEXT: Final[dict[str, object]] = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "pd": "https://w3id.org/dpv/pd#",
    "dct": "http://purl.org/dc/terms/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dct:conformsTo": {"@type": "@id"},
    "dct:replaces": {"@type": "@id"},
    "dct:isReplacedBy": {"@type": "@id"},
    "dct:date": {"@type": "xsd:date"},
    "dpv:hasLegalBasis": {"@type": "@id"},
    "dpv:hasProcessing": {"@type": "@id"},
    "dpv:isIndicatedBy": {"@type": "@id"},
    "spdx:algorithm": {"@type": "@id"},
}
RESEARCH = "dpv:AcademicResearch"
PURPOSES: Final[dict[Purpose, tuple[str, tuple[str, ...]]]] = {
    Purpose.RECORD: (RESEARCH, ("dpv:Record", "dpv:Store")),
    Purpose.TRANSCRIBE: (RESEARCH, ("dpv:Transform", "dpv:Pseudonymise")),
    Purpose.ANALYSE: (RESEARCH, ("dpv:Analyse",)),
    Purpose.QUOTE: (RESEARCH, ("dpv:MakeAvailable",)),
    Purpose.SHARE_TEXT: (RESEARCH, ("dpv:Share", "dpv:Pseudonymise")),
    Purpose.SHARE_SOUND: (RESEARCH, ("dpv:Share",)),
    Purpose.ARCHIVE: (RESEARCH, ("dpv:Store", "dpv:Share")),
    Purpose.CONTACT: ("dpv:CommunicationManagement", ("dpv:Use",)),
}
"""What a participant consents to: the purpose, and the processing it stands for (§ 8.3.2, 8.3.4)."""
BASES: Final[dict[str, tuple[str, str]]] = {
    "": ("dpv:Consent", "eu-gdpr:A9-2-a"),
    "consent": ("eu-gdpr:A6-1-a", "eu-gdpr:A9-2-a"),
    "public task": ("eu-gdpr:A6-1-e", "eu-gdpr:A9-2-j"),
    "legitimate interest": ("eu-gdpr:A6-1-f", "eu-gdpr:A9-2-j"),
}
"""A study's legal basis: GDPR article 6(1), and 9(2) where there are special categories. The first is of none said."""
SPECIAL: Final[dict[str, str]] = {
    "ethnicity": "pd:EthnicOrigin",
    "politics": "pd:PoliticalOpinion",
    "religion": "pd:ReligiousBelief",
    "union": "pd:TradeUnionMembership",
    "genetic": "pd:Genetic",
    "biometric": "pd:Biometric",
    "health": "pd:Health",
    "sex life": "pd:Sexual",
}
"""The special categories of GDPR article 9(1)."""
OFFENCES = "pd:Criminal"
"""Data of GDPR article 10."""
ALWAYS: Final = ("pd:VoiceCommunicationRecording", "pd:LifeHistory", "pd:Opinion")
"""What an interview is: a voice, a life told, and what somebody thinks."""
