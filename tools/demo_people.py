"""The people of the demonstration: (handle, name, country). Invented."""

PEOPLE = [
    ("mei", "Mei Tan", "SG"),
    ("oluwaseun", "Oluwaseun Adeyemi", "NG"),
    ("ingrid_h", "Ingrid Haugen", "NO"),
    ("rafael", "Rafael Moreira", "BR"),
    ("yuki", "Yuki Sato", "JP"),
    ("amelie_b", "Amélie Bernard", "FR"),
    ("tomasz", "Tomasz Wójcik", "PL"),
    ("leilani", "Leilani Kahale", "US"),
    ("arjun", "Arjun Nair", "IN"),
    ("zehra", "Zehra Yıldız", "TR"),
    ("mateo", "Mateo Quispe", "PE"),
    ("hanna_w", "Hanna Weiß", "DE"),
]
