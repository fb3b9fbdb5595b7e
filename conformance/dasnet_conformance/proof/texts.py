"""What the catalogue knows of requirements, in the plain form that the reports take. It reads packaged data."""

from __future__ import annotations

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.where import check_places
from dasnet_conformance.proof.faults.registry import proving
from dasnet_reports import CatalogueText, ClauseText, FaultText, RequirementText


def catalogue_text() -> CatalogueText:
    """The catalogue for the reports: texts, clauses, latitude, the faults that prove each check, where it stands."""
    catalogue = load_catalogue()
    places = check_places()
    proofs: dict[str, list[FaultText]] = {}
    for name, faults in proving().items():
        proofs[name] = [FaultText(fault.name, fault.sentence) for fault in faults]
    texts = {}
    for requirement in catalogue.requirements.values():
        clauses = [catalogue.clauses[name] for name in requirement.clauses]
        texts[requirement.id] = RequirementText(
            requirement.text,
            tuple(ClauseText(clause.id, clause.symbol, clause.text) for clause in clauses),
            requirement.allowed,
            tuple(proofs.get(requirement.id, ())),
            ", ".join(str(place) for place in places.get(requirement.id, ())),
        )
    return CatalogueText(texts, catalogue.titles)
