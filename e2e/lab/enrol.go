// SPDX-License-Identifier: Apache-2.0

package lab

import (
	"encoding/binary"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
)

// AuthorityFile is the authority that a firmware is to hold, in the machine's directory, as PEM.
const AuthorityFile = "state/api-ca.crt"

// x509GUID is EFI_CERT_X509_GUID (UEFI 2.10, 32.4.1), as it lies in memory.
const x509GUID = "\xa1\x59\xc0\xa5\xe4\x94\xa7\x4a\x87\xb5\xab\x15\x5c\x2b\xf0\x72"

// enrol makes the file by which QEMU gives a firmware its authorities for HTTPS (OVMF's TlsAuthConfigLib).
func enrol(dir string) (file string, err error) {
	text, err := os.ReadFile(filepath.Join(dir, AuthorityFile))
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return "", errors.New(AuthorityFile + " is no PEM")
	}
	file = filepath.Join(dir, "cacerts.esl")
	return file, os.WriteFile(file, signatureList(block.Bytes), 0o644)
}

// signatureList is an EFI_SIGNATURE_LIST of one certificate, with nobody as its owner.
func signatureList(der []byte) []byte {
	const header, owner = 28, 16
	out := make([]byte, header+owner, header+owner+len(der))
	copy(out, x509GUID)
	binary.LittleEndian.PutUint32(out[16:], uint32(header+owner+len(der)))
	binary.LittleEndian.PutUint32(out[24:], uint32(owner+len(der)))
	return append(out, der...)
}
