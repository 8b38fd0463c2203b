"""Nouns of the accounts domain, a module per aggregate."""

from app.accounts.models.admission import Application
from app.accounts.models.bank_accounts import BankAccount
from app.accounts.models.consents import Consent
from app.accounts.models.delegations import Delegation
from app.accounts.models.emergency import EmergencyAccess
from app.accounts.models.factor_resets import FactorReset
from app.accounts.models.keys import ApiKey, IdempotencyKey, ServiceAccount
from app.accounts.models.organisations import KIND_ROLES, LAB_ROLES, PLATFORM_KINDS, SUPPLIER_ROLES, Organisation
from app.accounts.models.people import LANGUAGES, Membership, Person, UnitRole
from app.accounts.models.qualifications import OPEN_STATES, Qualification
from app.accounts.models.requirements import Requirement
from app.accounts.models.second_factors import Ceremony, Passkey, RecoveryCode, TotpSecret
from app.accounts.models.sessions import LoginSession, SingleUseLink
from app.accounts.models.sign_on import SignOn, SignOnIdentity
from app.accounts.models.standing import LIVE_STATES, REASONS, SCOPES, Barred, Restriction
from app.accounts.models.throttling import TryCount
from app.accounts.models.units import CostCentre, DeliveryAddress, Unit

__all__ = [
    "KIND_ROLES",
    "LAB_ROLES",
    "LANGUAGES",
    "LIVE_STATES",
    "OPEN_STATES",
    "PLATFORM_KINDS",
    "REASONS",
    "SCOPES",
    "SUPPLIER_ROLES",
    "ApiKey",
    "Application",
    "BankAccount",
    "Barred",
    "Ceremony",
    "Consent",
    "CostCentre",
    "Delegation",
    "DeliveryAddress",
    "EmergencyAccess",
    "FactorReset",
    "IdempotencyKey",
    "LoginSession",
    "Membership",
    "Organisation",
    "Passkey",
    "Person",
    "Qualification",
    "RecoveryCode",
    "Requirement",
    "Restriction",
    "ServiceAccount",
    "SignOn",
    "SignOnIdentity",
    "SingleUseLink",
    "TotpSecret",
    "TryCount",
    "Unit",
    "UnitRole",
]
