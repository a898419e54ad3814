package vault

import (
	"encoding/binary"
	"slices"
)

// formatSecret is the first byte of a secret under a key of the ring.
const formatSecret = 4

// Seal seals a secret that is replaced rather than erased, such as a platform's
// token, under the current key itself, bound to its name.
func (r Ring) Seal(name string, secret []byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte{formatSecret}, r[0].generation())
	return box(r[0], head, secret, append(slices.Clip(head), name...))
}

// Unseal opens a secret with that key of the ring it is under, or returns
// ErrSealed.
func (r Ring) Unseal(name string, sealed []byte) ([]byte, error) {
	if len(sealed) < wrappedHead || sealed[0] != formatSecret {
		return nil, ErrSealed
	}
	head, rest := sealed[:wrappedHead:wrappedHead], sealed[wrappedHead:]
	for _, k := range r {
		if k.generation() != binary.BigEndian.Uint32(head[1:]) {
			continue
		}
		if secret, err := unbox(k, rest, append(head, name...)); err == nil {
			return secret, nil
		}
	}
	return nil, ErrSealed
}
