"""CSV files to fill in, for businesses that start from nothing: which features, under which headers.

The template of the model's own name has every feature under its own name and is not listed here. A header must be one that the
mapper takes for its feature without asking (test/features/template.test.ts).
"""

TEMPLATES = [
    {
        "name": "saas",
        "title": "Software subscriptions",
        "description": "What a company that sells software by subscription knows of its customers.",
        "columns": [
            {"of": "customer_id", "header": "Customer ID"},
            {"of": "tenure_months", "header": "Months subscribed"},
            {"of": "monthly_charges", "header": "Monthly subscription fee"},
            {"of": "contract", "header": "Contract term"},
            {"of": "total_charges", "header": "Total paid to date"},
            {"of": "payment_method", "header": "Payment method"},
            {"of": "tech_support", "header": "Tech support plan"},
            {"of": "online_backup", "header": "Online backup"},
        ],
    },
    {
        "name": "generic",
        "title": "Any subscription business",
        "description": "What every business with subscribers knows of its customers.",
        "columns": [
            {"of": "customer_id", "header": "Customer ID"},
            {"of": "tenure_months", "header": "Months as customer"},
            {"of": "monthly_charges", "header": "Monthly charge"},
            {"of": "contract", "header": "Contract"},
            {"of": "total_charges", "header": "Total charges"},
            {"of": "payment_method", "header": "Payment method"},
        ],
    },
]
