// Package vault keeps what people wrote: each text once, sealed under a key of
// its own and bound to its name, until it is erased. The keys are kept apart
// from the texts, wrapped under the practice's: without its key a text is gone,
// in every copy of it. It knows nothing of comments or cases; it sees names and
// bytes.
package vault

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Errors that callers tell apart.
var (
	// ErrNone says that nothing is kept under that name.
	ErrNone = errors.New("no text is kept under that name")
	// ErrErased says that a text's key is gone: what is left of it, such as in
	// an old backup, never opens again.
	ErrErased = errors.New("the text was erased")
	// ErrSealed says that a text cannot be opened: another key, or altered bytes.
	ErrSealed = errors.New("the text cannot be opened with this key")
)

// Text is a text and the name it is kept under: letters, digits, "-" and ".".
type Text struct {
	Name string
	Body []byte
}

// Store keeps bytes by name, durably.
type Store interface {
	// Create leaves alone what exists and returns the indices of those texts.
	Create(ctx context.Context, texts []Text) (taken []int, err error)
	// Get returns ErrNone where there is nothing under that name.
	Get(ctx context.Context, name string) ([]byte, error)
	// Erase overwrites the bytes on the disk. Erasing twice is harmless.
	Erase(ctx context.Context, name string) error
	// EraseAll erases every name that begins with prefix and a ".", and returns
	// how many there were.
	EraseAll(ctx context.Context, prefix string) (int, error)
}

// Options say where a vault keeps what, and under which keys.
type Options struct {
	Texts Store
	Keys  Store
	Ring  Ring
}

// Vault seals and opens texts. It is safe for use by several goroutines.
type Vault struct {
	texts, keys Store
	ring        Ring
	// mending keeps two from mending the same text.
	mending sync.Mutex
}

// New returns a vault. The ring holds at least the current key.
func New(o Options) (*Vault, error) {
	if len(o.Ring) == 0 {
		return nil, errors.New("vault: it has no key")
	}
	return &Vault{texts: o.Texts, keys: o.Keys, ring: o.Ring}, nil
}

// portionMost bounds the bytes that are sealed in memory at once.
const portionMost = 4 << 20

// Keep seals texts and makes them durable: first their keys, then they
// themselves, so that no text is ever kept whose key is not. One kept before is
// left alone.
func (v *Vault) Keep(ctx context.Context, texts []Text) error {
	for from, to, bytes := 0, 0, 0; from < len(texts); from, bytes = to, 0 {
		for to < len(texts) && (to == from || bytes+len(texts[to].Body) <= portionMost) {
			bytes += len(texts[to].Body)
			to++
		}
		if err := v.keep(ctx, texts[from:to]); err != nil {
			return fmt.Errorf("keep texts: %w", err)
		}
	}
	return nil
}

func (v *Vault) keep(ctx context.Context, texts []Text) error {
	keys, boxes := make([]Text, len(texts)), make([]Text, len(texts))
	for i, t := range texts {
		key := newKey()
		keys[i] = Text{t.Name, v.ring.wrap(key, t.Name)}
		boxes[i] = Text{t.Name, seal(key, t)}
	}
	known, err := v.keys.Create(ctx, keys)
	if err != nil {
		return err
	}
	fresh, at := without(boxes, known)
	taken, err := v.texts.Create(ctx, fresh)
	if err != nil {
		return err
	}
	for _, i := range taken {
		known = append(known, at[i])
	}
	for _, i := range known {
		if err := v.mend(ctx, texts[i]); err != nil {
			return err
		}
	}
	return nil
}

// without returns the boxes that are not left out, and where they were.
func without(boxes []Text, out []int) (rest []Text, at []int) {
	skip := make(map[int]bool, len(out))
	for _, i := range out {
		skip[i] = true
	}
	for i, b := range boxes {
		if !skip[i] {
			rest, at = append(rest, b), append(at, i)
		}
	}
	return rest, at
}

// attempts bounds how often mend looks again at a text that others change.
const attempts = 10

// mend sees to it that a text opens of which something was there already: most
// often all of it, after a crash its key only, after an erasure that was cut
// short and a new Keep a sealed text whose key is gone.
func (v *Vault) mend(ctx context.Context, t Text) error {
	v.mending.Lock()
	defer v.mending.Unlock()
	for range attempts {
		if done, err := v.mendOnce(ctx, t); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("%s: it changed %d times meanwhile", t.Name, attempts)
}

func (v *Vault) mendOnce(ctx context.Context, t Text) (done bool, err error) {
	key, err := v.key(ctx, t.Name)
	if errors.Is(err, ErrNone) {
		_, err = v.keys.Create(ctx, []Text{{t.Name, v.ring.wrap(newKey(), t.Name)}})
		return false, err
	}
	if err != nil {
		return false, err
	}
	box, err := v.texts.Get(ctx, t.Name)
	if errors.Is(err, ErrNone) {
		taken, err := v.texts.Create(ctx, []Text{{t.Name, seal(key, t)}})
		return len(taken) == 0, err
	}
	if err != nil {
		return false, err
	}
	if len(box) > 0 && box[0] != formatOwn {
		return true, nil // sealed by another version
	}
	if _, err := open(key, t.Name, box); err == nil {
		return true, nil
	}
	return false, v.texts.Erase(ctx, t.Name) // no key opens it any more
}

// Open returns a text; or ErrNone, ErrErased or ErrSealed.
func (v *Vault) Open(ctx context.Context, name string) ([]byte, error) {
	box, err := v.texts.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	if isDirect(box) {
		return v.ring.openDirect(name, box)
	}
	key, err := v.key(ctx, name)
	if errors.Is(err, ErrNone) {
		return nil, ErrErased
	}
	if err != nil {
		return nil, err
	}
	return open(key, name, box)
}

// key returns the key of a text, ErrNone where it has none.
func (v *Vault) key(ctx context.Context, name string) (Key, error) {
	box, err := v.keys.Get(ctx, name)
	if err != nil {
		return Key{}, err
	}
	return v.ring.unwrap(name, box)
}

// Erase removes a text from the disk for good, its key first: from then on no
// copy of it opens. Erasing twice is harmless.
func (v *Vault) Erase(ctx context.Context, name string) error {
	if err := v.keys.Erase(ctx, name); err != nil {
		return fmt.Errorf("erase the key of a text: %w", err)
	}
	return v.texts.Erase(ctx, name)
}

// EraseAll erases every text whose name begins with prefix and a ".": all
// versions of a comment.
func (v *Vault) EraseAll(ctx context.Context, prefix string) error {
	if _, err := v.keys.EraseAll(ctx, prefix); err != nil {
		return fmt.Errorf("erase the keys of texts: %w", err)
	}
	_, err := v.texts.EraseAll(ctx, prefix)
	return err
}
