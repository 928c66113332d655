"""Features of the services a customer takes: internet with its add-ons, and the phone."""

from __future__ import annotations

from vocabulary import values
from vocabulary.build import category, flag

NO_INTERNET = ("No internet service", "no internet service", values.NO_INTERNET)
NO_PHONE = ("No phone service", "no phone service", values.NO_PHONE)


def add_on(name: str, label: str, description: str, reason: str, synonyms: list[str], false_friends: list[str]) -> dict:
    """A service on top of the internet line: Yes, No, or no internet service at all."""
    return flag(
        name, label, description, no=f"no {reason}", yes=reason, third=NO_INTERNET, group="add_ons", required=False,
        actionable=True, synonyms=synonyms, false_friends=false_friends,
    )  # fmt: skip


SERVICES = [
    category(
        "internet_service",
        "Internet service",
        "The kind of internet line: none, DSL or fiber optic. A file that says only yes or no does not tell the kind.",
        group="services", required=False, actionable=True,
        categories=[
            ("No", "no internet service", values.NO_INTERNET_SERVICE),
            ("DSL", "DSL internet", values.DSL),
            ("Fiber optic", "fiber-optic internet", values.FIBER),
        ],
        synonyms=[
            "Internet type", "Type of internet", "Internet service type", "Internet connection", "Internet connection type",
            "Internet technology", "Internet", "Service internet", "Broadband", "Broadband type", "Connection type",
            "Access technology", "Internetdienst", "Internetart", "Internetanschluss", "Internettarif", "Anschlussart",
            "Breitband", "Type d'internet", "Type de connexion", "Connexion internet", "Accès internet", "Haut débit",
            "Servicio de internet", "Servicio internet", "Tipo de internet", "Tipo de conexión", "Banda ancha",
                "Conexión a internet",
            "Serviço de internet", "Serviço internet", "Conexão de internet", "Tipo de conexão", "Banda larga",
        ],
        false_friends=[
            "Internet usage", "Internet GB", "Internet hours", "Internet charges", "Avg monthly GB download", "Web sessions",
            "Bandwidth GB year", "Service type", "Internet service provider", "ISP",
        ],
    ),
    add_on(
        "online_security", "Online security", "Whether the customer takes the security add-on.", "online security",
        [
            "Security", "Internet security", "Cyber security", "Security add-on", "Security service", "Security package",
            "Web security", "Antivirus", "Online-Sicherheit", "Internetsicherheit", "Sicherheitspaket", "Sécurité en ligne",
            "Sécurité internet", "Seguridad en línea", "Seguridad online", "Seguridad internet", "Segurança online",
            "Segurança na internet", "Segurança digital",
        ],
        ["Social security", "Security code", "Security deposit", "Security question", "Social security number",
            "Device protection"],
    ),
    add_on(
        "online_backup", "Online backup", "Whether the customer takes the backup add-on.", "online backup",
        [
            "Backup", "Backup service", "Backup add-on", "Cloud backup", "Internet backup", "Data backup", "Cloud storage",
            "Online-Sicherung", "Datensicherung", "Online-Datensicherung", "Sauvegarde en ligne", "Sauvegarde",
            "Copia de seguridad en línea", "Copia de seguridad", "Copia de seguridad online", "Respaldo en línea",
            "Respaldo online", "Backup em nuvem", "Cópia de segurança", "Cópia de segurança online",
        ],
        ["Backup email", "Backup contact", "Backup date", "Backup payment method", "Online security"],
    ),
    add_on(
        "device_protection", "Device protection", "Whether the customer takes the device protection plan.", "device protection",
        [
            "Device protection plan", "Device protection service", "Equipment protection", "Device insurance", "Device cover",
            "Hardware protection", "Protection plan", "Device guarantee", "Geräteschutz", "Geräteversicherung",
            "Protection des appareils", "Protection de l'appareil", "Assurance appareil", "Protección de dispositivo",
            "Protección de dispositivos", "Protección del dispositivo", "Seguro de dispositivo", "Proteção de dispositivo",
            "Proteção do dispositivo", "Proteção de dispositivos", "Proteção de aparelho", "Seguro do aparelho",
        ],
        ["Device", "Devices", "Device type", "Device ID", "Device model", "Data protection", "Number of devices",
            "Handset price"],
    ),
    add_on(
        "tech_support", "Tech support",
            "Whether the customer takes the technical support add-on; not how often support is called.",
        "tech support",
        [
            "Technical support", "Tech support plan", "Tech support service", "Premium tech support", "Premium support",
            "Premium technical support", "Support add-on", "Support plan", "Technischer Support", "Technische Unterstützung",
            "Technischer Kundendienst", "Support technique", "Assistance technique", "Soporte técnico", "Asistencia técnica",
            "Suporte técnico", "Assistência técnica",
        ],
        [
            "Support", "Support calls", "Customer service calls", "Customer care calls", "Minutes customer support",
            "Support tickets", "Support minutes", "Support contacts", "Tech support calls", "Tech support tickets",
            "Num tech tickets", "Num admin tickets", "Support agent", "Support rating", "Llamadas a soporte",
            "Chamadas ao suporte", "Appels au support", "Supportanrufe",
        ],
    ),
    add_on(
        "streaming_tv", "Streaming TV", "Whether the customer streams television over the line.", "streaming TV",
        [
            "TV streaming", "Television streaming", "Streaming television", "Stream TV", "IPTV", "TV service",
            "Fernsehen-Streaming", "Streaming-Fernsehen", "Streaming télé", "Télévision en streaming",
            "TV en streaming", "Streaming de TV", "TV por streaming", "TV via streaming",
        ],
        ["Streaming", "Streaming movies", "Streaming music", "Streaming hours", "TV channel", "Viewing hours"],
    ),
    add_on(
        "streaming_movies", "Streaming movies", "Whether the customer streams movies over the line.", "streaming movies",
        [
            "Movie streaming", "Film streaming", "Streaming films", "Stream movies", "Movies streaming", "Movies",
                "Video on demand",
            "Filme streamen", "Streaming de films", "Films en streaming", "Streaming de películas",
            "Películas en streaming", "Streaming películas", "Streaming de filmes", "Filmes em streaming", "Streaming filmes",
        ],
        ["Streaming", "Streaming TV", "Streaming music", "Streaming hours", "Movies watched", "Genre preference"],
    ),
    flag(
        "phone_service", "Phone service", "Whether the customer has a phone line.", no="no phone service", yes="phone service",
        no_also=["No phone service", *values.NO_PHONE], group="services", required=False, actionable=True,
        synonyms=[
            "Phone", "Telephone", "Telephone service", "Phone line", "Has phone", "Has phone service", "Landline",
                "Voice service",
            "Home phone", "Telefon", "Telefondienst", "Telefonanschluss", "Festnetz", "Service téléphonique", "Téléphonie",
            "Ligne téléphonique", "Servicio telefónico", "Servicio de teléfono", "Línea telefónica",
            "Serviço telefônico", "Serviço de telefone", "Linha telefônica", "Telefonia",
        ],
        false_friends=[
            "Phone number", "Phone no", "Mobile number", "Telephone number", "Default address phone", "Phone model",
                "Phone calls",
            "Phone price", "Multiple lines", "Telefonnummer", "Numéro de téléphone", "Número de teléfono", "Número de telefone",
        ],
    ),
    flag(
        "multiple_lines", "Multiple lines", "Whether the customer has more than one phone line.", no="one phone line",
        yes="several phone lines", third=NO_PHONE, group="services", required=False, actionable=True,
        synonyms=[
            "Multiple phone lines", "Multi line", "Multi lines", "Several lines", "More than one line", "Multiple line",
            "Additional lines", "Extra lines", "Has multiple lines", "Mehrere Leitungen", "Mehrere Anschlüsse",
            "Mehrfachanschluss", "Lignes multiples", "Plusieurs lignes", "Líneas múltiples", "Múltiples líneas",
                "Varias líneas",
            "Múltiplas linhas", "Várias linhas", "Linhas múltiplas",
        ],
        false_friends=["Lines", "Number of lines", "Line ID", "Phone service", "Address line 1", "Address line 2",
            "Credit line", "Line of business"],
    ),
]  # fmt: skip
