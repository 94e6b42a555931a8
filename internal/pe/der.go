// SPDX-License-Identifier: Apache-2.0

package pe

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Tags of DER elements.
const (
	tagSequence = 0x30
	tagSet      = 0x31
	tagZero     = 0xa0 // [0], constructed
)

// element makes a DER element of that tag around the bytes of others.
func element(tag byte, inside ...[]byte) []byte {
	b := slices.Concat(inside...)
	n := len(b)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, b...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, b...)
	case n < 0x10000:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, b...)
	default:
		return append([]byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}, b...)
	}
}

// object makes an object identifier.
func object(dotted string) []byte {
	var oid asn1.ObjectIdentifier
	for word := range strings.SplitSeq(dotted, ".") {
		n, _ := strconv.Atoi(word) // they are ours
		oid = append(oid, n)
	}
	b, _ := asn1.Marshal(oid) // fails for none of ours
	return b
}

func octets(b []byte) []byte { return element(asn1.TagOctetString, b) }

func number(n *big.Int) []byte {
	b, _ := asn1.Marshal(n) // never fails
	return b
}

// The other object identifiers of a signature.
const (
	oidPEImage = "1.3.6.1.4.1.311.2.1.15" // SPC_PE_IMAGE_DATA
	oidSHA256  = "2.16.840.1.101.3.4.2.1"
	oidRSA     = "1.2.840.113549.1.1.1"
)

// byAlgorithm is an AlgorithmIdentifier without parameters.
func byAlgorithm(oid string) []byte {
	return element(tagSequence, object(oid), []byte{asn1.TagNull, 0})
}

// indirect makes the SpcIndirectDataContent: a PE image's flags and its link to no file, and the digest.
func indirect(digest []byte) []byte {
	image := element(tagSequence, []byte{asn1.TagBitString, 1, 0}, element(tagZero, element(0xa2, []byte{0x80, 0})))
	return element(tagSequence,
		element(tagSequence, object(oidPEImage), image),
		element(tagSequence, byAlgorithm(oidSHA256), octets(digest)))
}

// signedAttributes gives them in DER's order of a SET: by their bytes.
func signedAttributes(content []byte) []byte {
	var v asn1.RawValue
	_, _ = asn1.Unmarshal(content, &v) // it is ours
	sum := sha256.Sum256(v.Bytes)
	all := [][]byte{
		element(tagSequence, object(oidContentType), element(tagSet, object(oidIndirectData))),
		element(tagSequence, object(oidMessageDigest), element(tagSet, octets(sum[:]))),
	}
	slices.SortFunc(all, bytes.Compare)
	return slices.Concat(all...)
}

// wrap puts everything together (RFC 2315 sections 7 and 9).
func wrap(content, attributes, signature []byte, chain []*x509.Certificate) []byte {
	var certificates []byte
	for _, c := range chain {
		certificates = append(certificates, c.Raw...)
	}
	signer := element(tagSequence, number(big.NewInt(1)),
		element(tagSequence, chain[0].RawIssuer, number(chain[0].SerialNumber)),
		byAlgorithm(oidSHA256), element(tagZero, attributes), byAlgorithm(oidRSA), octets(signature))
	data := element(tagSequence, number(big.NewInt(1)), element(tagSet, byAlgorithm(oidSHA256)),
		element(tagSequence, object(oidIndirectData), element(tagZero, content)),
		element(tagZero, certificates), element(tagSet, signer))
	return element(tagSequence, object(oidSignedData), element(tagZero, data))
}
