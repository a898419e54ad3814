// Package vault keeps what people wrote: each text once, sealed under the
// practice's key and bound to its name, until it is erased. It knows nothing
// of comments or cases; it sees names and bytes.
package vault

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrSealed says that a text cannot be opened: another key, or altered bytes.
var ErrSealed = errors.New("the text cannot be opened with this key")

// Text is a text and the name it is kept under: letters, digits, "-" and ".".
type Text struct {
	Name string
	Body []byte
}

// Store keeps sealed bytes. Create leaves alone what exists.
type Store interface {
	Create(ctx context.Context, texts []Text) error
	Get(ctx context.Context, name string) ([]byte, error)
	Erase(ctx context.Context, name string) error
}

// Vault seals and opens texts.
type Vault struct {
	store Store
	aead  cipher.AEAD
}

// New returns a vault over a store. The key has 32 bytes.
func New(store Store, key []byte) (*Vault, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("vault key: %w", err)
	}
	return &Vault{store: store, aead: aead}, nil
}

// format is the first byte of a sealed text, so that a later way of sealing can
// live beside this one.
const format = 1

// Keep seals texts and makes them durable. One kept before is left alone.
func (v *Vault) Keep(ctx context.Context, texts []Text) error {
	sealed := make([]Text, len(texts))
	for i, t := range texts {
		box := make([]byte, 1+v.aead.NonceSize(), 1+v.aead.NonceSize()+len(t.Body)+v.aead.Overhead())
		box[0] = format
		_, _ = rand.Read(box[1:]) // never fails
		sealed[i] = Text{Name: t.Name, Body: v.aead.Seal(box, box[1:], t.Body, []byte(t.Name))}
	}
	return v.store.Create(ctx, sealed)
}

// Open returns a text. Its error is the store's where nothing is kept under
// that name, and ErrSealed where the bytes do not open.
func (v *Vault) Open(ctx context.Context, name string) ([]byte, error) {
	box, err := v.store.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	n := 1 + v.aead.NonceSize()
	if len(box) < n || box[0] != format {
		return nil, ErrSealed
	}
	body, err := v.aead.Open(nil, box[1:n], box[n:], []byte(name))
	if err != nil {
		return nil, ErrSealed
	}
	return body, nil
}

// Erase removes a text from the disk for good. Erasing twice is harmless.
func (v *Vault) Erase(ctx context.Context, name string) error { return v.store.Erase(ctx, name) }
