"""Columns that customers' files are known to have and that are not features.

Some are here only to give a false friend a home: a header that is known as something else is not mistaken for a feature.
Left out on purpose, since only the file can tell and a person has to be asked: `id`, `Status`, `MRR`, `ARR`, `Total Revenue`,
`Interval`, `billing_frequency`, dates of start and end.
"""

from __future__ import annotations

from vocabulary.build import known

IDENTIFIERS = [
    known(
        "customer_id", "Customer ID", "identifier",
        [
            "Client ID", "Client num", "Client number", "Client code", "Customer number", "Customer no", "Customer code",
            "Customer ref", "Customer reference", "Customer key", "Customer UUID", "Customer external ID",
                "Customer external IDs",
            "Costumer ID", "Cust ID", "Account ID", "Account number", "Account no", "Account code", "Subscriber ID",
            "Subscriber number", "Member ID", "Membership number", "User ID", "Record ID", "Distinct ID", "msno",
            "rc original app user ID", "Kundennummer", "Kunden-ID", "Kundennr", "Numéro client", "Numéro de client",
            "Identifiant client", "ID client", "Code client", "ID cliente", "ID de cliente", "Número de cliente",
                "Código de cliente",
            "Código cliente", "ID do cliente", "Código do cliente", "Número do cliente", "Matrícula",
        ],
        [
            "Case order", "Row number", "Row", "Index", "Unnamed: 0", "Interaction", "Subscription ID", "Ticket ID", "Order ID",
            "Invoice ID", "Customer name", "Customer email", "Customer age", "Customer status", "Customer type",
        ],
    ),
]  # fmt: skip

LABEL = [
    known(
        "churn_label", "Churned", "label",
        [
            "Churn", "Churn flag", "Churn status", "Is churn", "Is churned", "Has churned", "Churn yes no", "Attrition",
            "Attrition flag", "Customer status", "Exited", "Left", "Left company", "Abwanderung", "Abgewandert", "Gekündigt",
            "Résilié", "Attrition client", "Désabonné", "Baja", "Abandono", "Cancelou", "Evasão", "Rotatividade",
        ],
        [
            "Churn score", "Churn value", "Churn reason", "Churn category", "Churn probability", "Churn risk", "Churn date",
            "Retained", "Active", "AI risk score", "Risk level", "Subscription status", "Ticket status", "Payment status",
        ],
    ),
]  # fmt: skip

LEAKAGE = [
    known("churn_score", "Churn score of another model", "leakage", ["Churn probability", "Churn risk", "Churn risk score",
        "Churn prediction", "Predicted churn", "Propensity to churn", "Churn propensity", "Abwanderungswahrscheinlichkeit",
        "Probabilité de churn", "Probabilidad de abandono", "Probabilidade de churn"]),
    known("churn_value", "Churn as 0 or 1", "leakage", ["Churn numeric", "Churn binary", "Churn encoded"]),
    known("churn_reason", "Reason for leaving", "leakage", ["Reason for churn", "Churn reason text", "Cancellation reason",
        "Cancel reason", "Cancel reason code", "Reason for leaving", "Exit reason", "Kündigungsgrund", "Motif de résiliation",
        "Motivo de cancelación", "Motivo de baja", "Motivo do cancelamento", "Motivo de cancelamento"]),
    known("churn_category", "Kind of reason for leaving", "leakage", ["Churn type", "Cancellation category",
        "Kündigungskategorie", "Catégorie de churn", "Categoría de abandono"]),
    known("churn_date", "Date of leaving", "leakage", ["Date of churn", "Cancellation date", "Date cancelled",
        "Kündigungsdatum", "Date de résiliation", "Fecha de baja", "Fecha de cancelación", "Data de cancelamento"]),
    known("cltv", "Predicted lifetime value", "leakage", ["CLV", "Predicted CLTV", "Predicted LTV", "Predicted lifetime value",
        "Kundenwert (Prognose)"], ["LTV", "Lifetime value"]),
    known("risk_score", "Risk score of another model", "leakage", ["AI risk score", "Risk level", "Risk tier", "Risk segment",
        "Health score", "Customer health", "Retention score", "Risikostufe", "Niveau de risque", "Nivel de riesgo",
        "Nível de risco"], ["Credit score"]),
]  # fmt: skip

CONTEXT = [
    known("gender", "Gender", "context", ["Sex", "User gender", "Customer gender", "M F", "Male female", "Geschlecht", "Genre",
        "Sexe", "Sexo", "Gênero"], ["Gender ID", "Genre preference"]),
    known("age", "Age", "context", ["Customer age", "Person age", "User age", "Age in years", "Age HH1", "Alter", "Edad",
        "Idade"], ["Account age", "Age group", "Under 30", "Subscription age"]),
    known("birth_date", "Date of birth", "context", ["Date of birth", "DOB", "Birthday", "Geburtsdatum", "Date de naissance",
        "Fecha de nacimiento", "Data de nascimento"]),
    known("plan", "Plan", "context", ["Plan name", "Plan type", "Tier", "Plan tier", "Subscription type", "Subscription plan",
        "Subscription tier", "Package", "Product", "Product name", "Tarif", "Forfait", "Paquete", "Plano", "Pacote"],
        ["Plan price", "Payment plan days"]),
    known("country", "Country", "context", ["Country code", "Country/Region", "Customer country", "Geography",
        "Default address country code", "Land", "Pays", "País"]),
    known("location", "Place", "context", ["City", "State", "Region", "Province", "County", "ZIP", "ZIP code", "Postal code",
        "Latitude", "Longitude", "Lat long", "Address", "Stadt", "Ort", "PLZ", "Ville", "Code postal", "Ciudad",
        "Código postal", "Cidade", "CEP"]),
    known("person_name", "Name", "context", ["Name", "Customer name", "First name", "Last name", "Full name", "Surname",
        "Vorname", "Nachname", "Nom", "Prénom", "Nombre", "Apellido", "Nome", "Sobrenome"]),
    known("email", "E-mail address", "context", ["E-mail address", "Customer email", "Mail", "Correo electrónico", "Courriel"]),
    known("phone_number", "Phone number", "context", ["Phone no", "Telephone number", "Mobile", "Mobile number",
        "Default address phone", "Telefonnummer", "Numéro de téléphone", "Número de teléfono", "Número de telefone"], ["Phone",
        "Phone service"]),
    known("row_number", "Row number", "context", ["Case order", "Row", "Row no", "Index", "Unnamed: 0", "Interaction"]),
    known("support_tickets", "Support contacts", "context", ["Customer service calls", "Support calls", "Customer care calls",
        "Support calls 30D", "Number of customer service calls", "Support ticket count", "Support tickets per month",
        "Num tickets", "Num tickets 30D", "Tickets", "Complaints", "Complains", "Complaint count", "Minutes customer support",
        "Supportanrufe", "Appels au support", "Llamadas a soporte", "Chamadas ao suporte"], ["Tech support"]),
    known("last_activity", "Last activity", "context", ["Last interaction", "Last seen", "Last login", "Last login at",
        "Last session", "Last visit", "Last active", "Last request at", "Last order date", "Day since last order",
        "Days since last login", "Months inactive 12 mon", "Letzte Aktivität", "Dernière activité", "Última actividad",
        "Última atividade"]),
    known("satisfaction_score", "Satisfaction score", "context", ["Satisfaction", "CSAT", "NPS", "NPS score",
        "Customer satisfaction", "Kundenzufriedenheit", "Satisfacción", "Satisfação"]),
    known("referrals", "Referrals", "context", ["Number of referrals", "Referred a friend", "Referral source",
        "Acquisition channel", "Marketing channel", "Channel"]),
    known("offer", "Offer", "context", ["Promotion", "Campaign", "Coupon used", "Discount", "Promo code"]),
    known("usage", "Usage", "context", ["Total day minutes", "Total eve minutes", "Total night minutes", "Total intl minutes",
        "Number vmail messages", "Avg monthly GB download", "Data usage", "Web sessions", "Session count", "Usage frequency",
        "Unlimited data", "Streaming music", "Bandwidth GB year"]),
    known("usage_charges", "Charges for usage", "context", ["Total day charge", "Total eve charge", "Total night charge",
        "Total intl charge", "Avg monthly long distance charges", "Total long distance charges", "Total extra data charges",
        "Roaming charges", "Overage charges"], ["Total charges", "Monthly charges"]),
    known("refunds", "Refunds", "context", ["Total refunds", "Refunded volume", "Dispute losses"]),
    known("charge_band", "Charge band", "context", ["Charge amount"], ["Monthly charge", "Charge per month", "Total charge"]),
    known("income", "Income", "context", ["Estimated salary", "Salary", "Annual income", "Monthly income", "Income category",
        "Einkommen", "Revenu", "Ingresos", "Renda"], ["Revenue", "Monthly revenue"]),
    known("credit", "Credit and balance", "context", ["Credit score", "Credit limit", "Balance", "Account balance",
        "Total revolving bal", "Avg utilization ratio", "Has cr card", "Has credit card"]),
    known("card_brand", "Card brand", "context", ["Card type", "Card category", "Card network"], ["Payment method",
        "Payment type"]),
    known("currency", "Currency", "context", ["Currency code", "Billing currency", "Reporting currency code", "Währung",
        "Devise", "Moneda", "Moeda"]),
    known("late_payments", "Late payments", "context", ["Payment delay", "Delinquent", "Days overdue", "Days past due",
        "Overdue amount", "Zahlungsverzug", "Retard de paiement", "Retraso en el pago", "Atraso no pagamento"]),
]  # fmt: skip

KNOWN_COLUMNS = [*IDENTIFIERS, *LABEL, *LEAKAGE, *CONTEXT]
