"""Spellings of the values of categories and flags: English, German, French, Spanish, Portuguese.

Case, accents, spaces and punctuation do not count when values are compared, so mere spelling variants are not listed.
A value that could mean two things is listed nowhere and is asked about: a bare `12`, `Bank Withdrawal` (electronic check and
bank transfer alike in one release of the IBM sample), `Cable` (neither DSL nor fiber), `check`, `ACH`, `biannual`.
"""

from __future__ import annotations

NO = ["0", "0.0", "False", "F", "N", "Off", "Nein", "Non", "Não", "Falsch", "Faux", "Falso", "Inactive", "Disabled"]
YES = [
    "1",
    "1.0",
    "True",
    "T",
    "Y",
    "On",
    "Ja",
    "Oui",
    "Sí",
    "Sim",
    "Wahr",
    "Vrai",
    "Verdadero",
    "Verdadeiro",
    "Active",
    "Enabled",
]

NO_INTERNET = [
    "No internet", "Without internet", "Internet not subscribed", "Kein Internet", "Kein Internetdienst", "Ohne Internet",
    "Pas d'internet", "Sans internet", "Pas de service internet", "Sin internet", "Sin servicio de internet", "Sem internet",
    "Sem serviço de internet",
]  # fmt: skip
NO_PHONE = [
    "No phone", "Without phone", "No phone line", "Kein Telefon", "Kein Telefondienst", "Ohne Telefon", "Pas de téléphone",
    "Sans téléphone", "Pas de service téléphonique", "Sin teléfono", "Sin servicio telefónico", "Sem telefone",
    "Sem serviço telefônico",
]  # fmt: skip

MONTH_TO_MONTH = [
    "Monthly", "Month by month", "Monthly contract", "M2M", "MTM", "Rolling monthly", "Rolling", "No contract", "No commitment",
    "1 month", "One month", "Monatlich", "Monat für Monat", "Monatsvertrag", "Monatlich kündbar", "Mensuel", "Mois par mois",
    "Au mois", "Sans engagement", "Mensual", "Mes a mes", "Sin permanencia", "Mensal", "Sem fidelidade",
]  # fmt: skip
ONE_YEAR = [
    "1 year", "1 yr", "One yr", "One year contract", "1 year contract", "Annual", "Yearly", "Annually", "12 months", "12 month",
    "Twelve months", "12 mo", "Jährlich", "Jahresvertrag", "Ein Jahr", "1 Jahr", "12 Monate", "Annuel", "Un an", "1 an",
    "12 mois", "Anual", "Un año", "1 año", "12 meses", "Um ano",
]  # fmt: skip
TWO_YEAR = [
    "2 year", "2 years", "Two years", "2 yr", "2 yrs", "Two year contract", "2 year contract", "24 months", "24 month",
    "Twenty four months", "24 mo", "Biennial", "Every two years", "Zwei Jahre", "2 Jahre", "Zweijährig", "24 Monate",
    "Deux ans", "2 ans", "Bisannuel", "24 mois", "Dos años", "2 años", "Bienal", "24 meses", "Dois anos",
]  # fmt: skip

CREDIT_CARD = [
    "Credit card", "Automatic credit card", "Credit card auto pay", "CC", "Kreditkarte", "Kreditkarte (automatisch)",
    "Carte de crédit", "Carte de crédit (automatique)", "Tarjeta de crédito", "Tarjeta de crédito (automático)",
    "Cartão de crédito", "Cartão de crédito (automático)",
]  # fmt: skip
BANK_TRANSFER = [
    "Bank transfer", "Automatic bank transfer", "Wire transfer", "Direct debit", "SEPA direct debit", "Banküberweisung",
    "Überweisung", "Lastschrift", "Bankeinzug", "Virement bancaire", "Virement", "Prélèvement automatique",
    "Transferencia bancaria", "Domiciliación bancaria", "Débito automático", "Débito direto",
]  # fmt: skip
MAILED_CHECK = [
    "Mailed cheque", "Check by mail", "Cheque by mail", "Mail check", "Paper check", "Paper cheque", "Posted cheque",
    "Scheck per Post", "Papierscheck", "Chèque par courrier", "Chèque postal", "Cheque por correo", "Cheque enviado por correo",
    "Cheque pelo correio", "Cheque enviado pelo correio",
]  # fmt: skip
ELECTRONIC_CHECK = [
    "Electronic cheque", "E-check", "E-cheque", "Digital check", "Online check", "Elektronischer Scheck", "E-Scheck",
    "Chèque électronique", "Cheque electrónico", "Cheque eletrônico",
]  # fmt: skip

NO_INTERNET_SERVICE = [
    "None",
    "No",
    "Not subscribed",
    "Nein",
    "Non",
    "Keiner",
    "Aucun",
    "Ninguno",
    "Não",
    "Nenhum",
    *NO_INTERNET,
]
DSL = ["ADSL", "VDSL", "ADSL2", "xDSL", "DSL broadband", "Digital subscriber line", "Copper"]
FIBER = [
    "Fiber", "Fibre", "Fibre optic", "Fiber optics", "Fibre optics", "Optical fiber", "Optical fibre", "FTTH", "FTTP", "FTTB",
    "Glasfaser", "LWL", "Fibre optique", "Fibra", "Fibra óptica", "Fibra ótica",
]  # fmt: skip

PARTNER_NO = ["Single", "Divorced", "Widowed", "Separated", "Unmarried", "Ledig", "Geschieden", "Célibataire", "Divorcé",
    "Soltero", "Soltera", "Divorciado", "Solteiro", "Solteira"]  # fmt: skip
PARTNER_YES = ["Married", "Partnered", "Cohabiting", "Verheiratet", "Marié", "Mariée", "Casado", "Casada"]
DEPENDENTS_YES = [str(count) for count in range(2, 10)]
"""A file that counts dependents: one or more is "Yes"."""
