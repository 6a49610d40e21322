"""A certificate authority of our own, and certificates it signs, for servers that tests talk to by TLS."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Onethread tests")])


def write(directory: Path, *, address: str) -> tuple[Path, Path, Path]:
    """A certificate for one IP address: the paths of it, of its key, and of the authority to trust."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _signed(_AUTHORITY, authority_key, authority_key, x509.BasicConstraints(ca=True, path_length=0))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    server = _signed(name, server_key, authority_key, names)
    certificate, key, trusted = (directory / one for one in ("server.pem", "server.key", "authority.pem"))
    certificate.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    trusted.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    key.chmod(0o600)
    return certificate, key, trusted


def _signed(
    name: x509.Name, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, says: x509.ExtensionType
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer_name=_AUTHORITY,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(hours=1),
        not_valid_after=now + timedelta(days=1),
    )
    return builder.add_extension(says, critical=True).sign(by, hashes.SHA256())
