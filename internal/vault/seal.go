package vault

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// Key is a key of 256 bits.
type Key [chacha20poly1305.KeySize]byte

// Ring is the practice's keys for texts, the current one first. Older ones only
// open what was sealed under them.
type Ring []Key

// The first byte of what is stored, so that a later way of sealing can live
// beside these.
const (
	formatDirect  = 1 // a text under the practice's key itself: no longer made
	formatOwn     = 2 // a text under a key of its own
	formatWrapped = 3 // a text's key under one of the ring
)

// wrappedHead is the bytes before the nonce of a wrapped key: the format and
// which key of the ring it is under.
const wrappedHead = 1 + 4

func newKey() (k Key) {
	_, _ = rand.Read(k[:]) // never fails
	return k
}

// generation names a key of the ring without telling anything of it.
func (k Key) generation() uint32 {
	sum := sha256.Sum256(append([]byte("triage text key "), k[:]...))
	return binary.BigEndian.Uint32(sum[:])
}

func (k Key) aead() cipher.AEAD {
	a, err := chacha20poly1305.NewX(k[:])
	if err != nil {
		panic(err) // the key's length is its type's
	}
	return a
}

// seal seals a text under a key of its own, bound to its name.
func seal(k Key, t Text) []byte {
	return box(k, []byte{formatOwn}, t.Body, []byte(t.Name))
}

// box returns head, a nonce and the sealed plain.
func box(k Key, head, plain, bound []byte) []byte {
	a := k.aead()
	out := make([]byte, len(head)+a.NonceSize(), len(head)+a.NonceSize()+len(plain)+a.Overhead())
	nonce := out[copy(out, head):]
	_, _ = rand.Read(nonce) // never fails
	return a.Seal(out, nonce, plain, bound)
}

// unbox opens what box made, from after its head.
func unbox(k Key, sealed, bound []byte) ([]byte, error) {
	a := k.aead()
	if len(sealed) < a.NonceSize() {
		return nil, ErrSealed
	}
	plain, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], bound)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func open(k Key, name string, box []byte) ([]byte, error) {
	if len(box) == 0 || box[0] != formatOwn {
		return nil, ErrSealed
	}
	return unbox(k, box[1:], []byte(name))
}

func isDirect(box []byte) bool { return len(box) > 0 && box[0] == formatDirect }

// openDirect opens a text of the first format with whichever key does.
func (r Ring) openDirect(name string, box []byte) ([]byte, error) {
	for _, k := range r {
		if body, err := unbox(k, box[1:], []byte(name)); err == nil {
			return body, nil
		}
	}
	return nil, ErrSealed
}

// wrap seals a text's key under the current key, bound to the text's name.
func (r Ring) wrap(k Key, name string) []byte {
	head := binary.BigEndian.AppendUint32([]byte{formatWrapped}, r[0].generation())
	return box(r[0], head, k[:], append(head, name...))
}

// unwrap opens a text's key with that key of the ring it is under.
func (r Ring) unwrap(name string, box []byte) (k Key, err error) {
	if len(box) < wrappedHead || box[0] != formatWrapped {
		return k, ErrSealed
	}
	head, sealed := box[:wrappedHead:wrappedHead], box[wrappedHead:]
	for _, under := range r {
		if under.generation() != binary.BigEndian.Uint32(head[1:]) {
			continue
		}
		if plain, err := unbox(under, sealed, append(head, name...)); err == nil && len(plain) == len(k) {
			return Key(plain), nil
		}
	}
	return k, ErrSealed
}
