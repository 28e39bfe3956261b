"""An estate of a given size as license servers export it: key packs and issued licenses, the same each time."""

import random
import time

# Key packs, clients, licenses.
SIZES = {"XS": (20, 2_000, 10_000), "M": (200, 20_000, 100_000), "S": (2_000, 200_000, 1_000_000)}

NOW = 1_793_000_000
DAY = 86_400
VERSIONS = [("Windows Server 2008 or Windows Server 2008 R2", 2, "6.00"), ("Windows Server 2012", 4, "6.02"),
            ("Windows Server 2016", 5, "10.00"), ("Windows Server 2019", 6, "10.01"), ("Windows Server 2022", 7, "10.02")]
SITES = ["BER", "HAM", "LON", "NYC", "PAR", "MAD", "MIL", "AMS", "ZRH", "VIE", "WAW", "PRG", "CPH", "OSL", "HEL", "DUB",
         "MAN", "CHI", "DAL", "SEA"]
KINDS = ["HD", "TC", "WS", "NB", "KS"]
ACTIVE, TEMPORARY = 2, 1


def wmi(moment):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(moment)) + ".000000+000"


def line(*cells):
    return ",".join(f'"{cell}"' for cell in cells) + "\r\n"


def write(size, folder, mark=""):
    """Writes keypacks.csv and issued.csv; says what is in them. `mark`: what the servers' names begin with."""
    packs, clients, licenses = SIZES[size]
    chance = random.Random(315_262)
    servers = [f"{mark}{SITES[n % len(SITES)]}-LIC-{1 + n // len(SITES):02d}" for n in range(max(3, packs // 50))]
    quantity = licenses // packs * 5 // 4
    with open(folder / "keypacks.csv", "w", newline="") as file:
        file.write(line("PSComputerName", "KeyPackId", "Description", "KeyPackType", "ProductType", "ProductVersion",
                        "ProductVersionID", "TotalLicenses", "IssuedLicenses", "AvailableLicenses", "ExpirationDate",
                        "AccessRights", "TypeAndModel"))
        for n in range(packs):
            words, number, code = VERSIONS[n // len(servers) % len(VERSIONS)]
            issued = licenses // packs
            file.write(line(servers[n % len(servers)], 3 + n // len(servers), f"A02-{code}-S", 2, 0, words, number, quantity,
                            issued, quantity - issued, wmi(2_145_916_800), 7, "RDS Per Device CAL"))
    names = [f"{SITES[n % len(SITES)]}-{KINDS[n // 7 % len(KINDS)]}-{n:06d}" for n in range(clients)]
    hardware = [f"{chance.getrandbits(128):032x}" for _ in range(clients)]
    with open(folder / "issued.csv", "w", newline="") as file:
        file.write(line("PSComputerName", "LicenseId", "KeyPackId", "sIssuedToUser", "sIssuedToComputer", "LicenseStatus",
                        "IssueDate", "ExpirationDate", "sHardwareId"))
        for n in range(licenses):
            pack = n % packs
            client = n if n < clients else int(clients * chance.random() ** 2)
            status = TEMPORARY if chance.random() < 0.1 else ACTIVE
            issued = NOW - int(80 * DAY * chance.random()) - 1
            lasts = 90 if status == TEMPORARY else 52 + int(37 * chance.random())
            file.write(line(servers[pack % len(servers)], 1 + n, 3 + pack // len(servers), "", names[client], status,
                            wmi(issued), wmi(issued + lasts * DAY), hardware[client]))
    return {"key packs": packs, "clients": clients, "licenses": licenses, "license servers": len(servers)}
