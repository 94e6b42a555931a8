// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// leastRSA is what UEFI firmware takes of a signer's key, in bits.
const leastRSA = 2048

// Sign gives a program with one more signature: by that key, whose certificate is the first one; those after it are its chain. The
// digest is SHA-256; there is no time in it, so that the same file and key give the same bytes. What is signed already stays valid.
//
// Firmware takes RSA keys of 2048 bits or more; others are an error, and so are a certificate of another key, and a file that is no
// program or has no place for a signature.
func Sign(program []byte, key crypto.Signer, chain ...*x509.Certificate) ([]byte, error) {
	if err := signs(key, chain); err != nil {
		return nil, err
	}
	h, err := readHeader(bytes.NewReader(program), int64(len(program)))
	switch {
	case err != nil:
		return nil, err
	case h.security == 0:
		return nil, errors.New("the program's headers have no place for a signature")
	}
	out := slices.Concat(program, make([]byte, -len(program)&7)) // certificates begin at a multiple of 8; the padding is signed
	old := out[len(out):]
	if !h.table.empty() {
		old, out = bytes.Clone(out[h.table.at:]), out[:h.table.at]
	}
	h.size, h.table = int64(len(out)), span{}
	digest, err := h.digest(bytes.NewReader(out), sha256.New())
	if err != nil {
		return nil, err
	}
	blob, err := signDigest(digest, key, chain)
	if err != nil {
		return nil, err
	}
	return h.attach(out, append(old, winCertificate(blob)...)), nil
}

// signs checks the key and its certificate.
func signs(key crypto.Signer, chain []*x509.Certificate) error {
	public, ok := key.Public().(*rsa.PublicKey)
	switch {
	case !ok || public.N.BitLen() < leastRSA:
		return fmt.Errorf("firmware takes signatures by RSA keys of at least %d bits only", leastRSA)
	case len(chain) == 0 || !public.Equal(chain[0].PublicKey):
		return errors.New("the certificate is not of this key")
	}
	return nil
}

// winCertificate makes an entry of the table.
func winCertificate(blob []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(entryHeader+len(blob)))
	b = binary.LittleEndian.AppendUint16(b, 0x0200) // WIN_CERT_REVISION_2_0
	b = binary.LittleEndian.AppendUint16(b, pkcsSigned)
	b = append(b, blob...)
	return append(b, make([]byte, -len(b)&7)...)
}

// attach appends the table, tells the headers of it, and makes the checksum anew.
func (h *header) attach(file, table []byte) []byte {
	binary.LittleEndian.PutUint32(file[h.security:], uint32(len(file)))
	binary.LittleEndian.PutUint32(file[h.security+4:], uint32(len(table)))
	file = append(file, table...)
	binary.LittleEndian.PutUint32(file[h.checksum:], 0)
	binary.LittleEndian.PutUint32(file[h.checksum:], checksum(file))
	return file
}

// checksum is that of CheckSumMappedFile: words added up with their carry, and the length.
func checksum(file []byte) uint32 {
	var sum uint32
	for i := 0; i+1 < len(file); i += 2 {
		sum += uint32(binary.LittleEndian.Uint16(file[i:]))
		sum = sum&0xffff + sum>>16
	}
	return sum + uint32(len(file))
}

// signDigest makes the SignedData of a program's digest.
func signDigest(digest []byte, key crypto.Signer, chain []*x509.Certificate) ([]byte, error) {
	content := indirect(digest)
	attributes := signedAttributes(content)
	sum := sha256.Sum256(element(tagSet, attributes))
	signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return wrap(content, attributes, signature, chain), nil
}
