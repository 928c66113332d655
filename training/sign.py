"""Signs a bundle: sign.py BUNDLE_DIR KEY_OUT.pem

Makes a fresh ECDSA P-256 key, signs every file of the bundle with OpenSSF Model Signing (Python `model-signing`, key
method) into BUNDLE_DIR/model.sig, verifies it, writes the public key to KEY_OUT.pem and forgets the private key: it
never leaves a temporary folder. Signing again means a new key, which the product has to pin.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from checks import require

SIGNATURE = "model.sig"


def sign(bundle: Path, public_key: Path) -> None:
    """Replaces model.sig and the public key; stops when verification fails or a changed file goes unnoticed."""
    signature = bundle / SIGNATURE
    signature.unlink(missing_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    with tempfile.TemporaryDirectory() as folder:
        private = Path(folder) / "private.pem"
        private.touch(mode=0o600)
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )  # fmt: skip
        _model_signing("sign", bundle, signature, "--private_key", str(private))
    public_key.parent.mkdir(parents=True, exist_ok=True)
    public_key.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    _model_signing("verify", bundle, signature, "--public_key", str(public_key))
    _refuses_changes(bundle, signature, public_key)


def _refuses_changes(bundle: Path, signature: Path, public_key: Path) -> None:
    """The twin of the verification: a copy verifies, and one byte or one file more in it does not."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "another-name"
        copy.mkdir()
        for file in bundle.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        _model_signing("verify", copy, copy / signature.name, "--public_key", str(public_key))
        for changed in ("model.onnx", "stray.txt"):
            before = (copy / changed).read_bytes() if (copy / changed).exists() else None
            (copy / changed).write_bytes((before or b"") + b"x")
            done = _run("verify", copy, copy / signature.name, "--public_key", str(public_key))
            require(done.returncode != 0, f"a bundle with a changed {changed} still verifies")
            (copy / changed).unlink() if before is None else (copy / changed).write_bytes(before)


def _model_signing(verb: str, bundle: Path, signature: Path, *options: str) -> None:
    done = _run(verb, bundle, signature, *options)
    require(done.returncode == 0, f"model_signing {verb}: {done.stdout}{done.stderr}")


def _run(verb: str, bundle: Path, signature: Path, *options: str) -> subprocess.CompletedProcess:
    # Git's own files count as well: the product compares the signed list with every file it finds.
    flags = ["--signature", str(signature), "--no-ignore-git-paths", *options]
    return subprocess.run(
        [sys.executable, "-m", "model_signing", verb, "key", str(bundle), *flags], capture_output=True, text=True
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: training/sign BUNDLE_DIR KEY_OUT.pem")
    sign(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"signed {sys.argv[1]}; public key in {sys.argv[2]}, private key gone")
