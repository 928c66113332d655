"""Features of the household. The business cannot act on them; gender is left out on purpose (see card.md)."""

from __future__ import annotations

from vocabulary import values
from vocabulary.build import flag

HOUSEHOLD = [
    flag(
        "senior_citizen", "Senior citizen", "Whether the customer is 65 or older.", no="under 65", yes="65 or older",
        group="household", required=False, actionable=False,
        no_also=["Under 65"], yes_also=["Senior"],
        synonyms=[
            "Senior", "Is senior", "Senior flag", "Senior status", "Senior customer", "Elderly", "Is elderly", "Age 65 plus",
                "Over 65",
            "Aged 65 or over", "Pensioner", "Retired", "Rentner", "Seniorin", "Über 65", "Senioren", "Personne âgée",
                "Retraité",
            "Plus de 65 ans", "Client senior", "Adulto mayor", "Tercera edad", "Jubilado", "Mayor de 65", "Ciudadano mayor",
            "Persona mayor", "Idoso", "Terceira idade", "Aposentado", "Cidadão idoso", "Cliente idoso", "Acima de 65",
        ],
        false_friends=["Age", "Under 30", "Age group", "Seniority", "Senior manager", "Senior account manager", "Account age"],
    ),
    flag(
        "partner", "Partner", "Whether the customer lives with a partner.", no="no partner", yes="has a partner",
        group="household", required=False, actionable=False,
        no_also=values.PARTNER_NO, yes_also=values.PARTNER_YES,
        synonyms=[
            "Has partner", "Has a partner", "Married", "Is married", "Marital", "Marital status", "Relationship status",
                "Spouse",
            "Has spouse", "Civil status", "Partnerschaft", "Verheiratet", "Familienstand", "Hat Partner", "Lebenspartner",
            "Partenaire", "En couple", "Marié", "État civil", "Situation maritale", "Conjoint", "Pareja", "Tiene pareja",
                "Casado",
            "Estado civil", "Cónyuge", "Parceiro", "Tem parceiro", "Companheiro", "Cônjuge",
        ],
        false_friends=[
            "Referral source", "Partner ID", "Partner name", "Partner channel", "Channel partner", "Reseller", "Sales partner",
            "Business partner", "Partner account", "Partner code", "Vertriebspartner", "Acquisition channel",
        ],
    ),
    flag(
        "dependents", "Dependents", "Whether others in the household depend on the customer, such as children.",
        no="no dependents", yes="has dependents", group="household", required=False, actionable=False,
        no_also=["None"], yes_also=values.DEPENDENTS_YES,
        synonyms=[
            "Has dependents", "Dependants", "Dependent", "Number of dependents", "Num dependents", "Dependent count",
                "Children", "Has children",
            "Number of children", "Num children", "Kids", "Has kids", "Children in HH", "Children in household", "Angehörige",
            "Unterhaltsberechtigte", "Kinder", "Anzahl Kinder", "Hat Kinder", "Personnes à charge", "Enfants",
                "Nombre d'enfants",
            "A des enfants", "Dependientes", "Personas a cargo", "Hijos", "Tiene hijos", "Número de hijos", "Dependentes",
            "Tem dependentes", "Filhos", "Tem filhos", "Número de dependentes",
        ],
        false_friends=[
            "Independent", "Dependency", "Dependent variable", "Dependent services", "Household size", "Number of referrals",
                "Devices",
        ],
    ),
]  # fmt: skip
