package people

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

const origin = "http://localhost:8480"

// device is an authenticator that unlocks for everybody.
type device struct {
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte
	count  uint32
	// locked: it answers without asking for a finger.
	locked bool
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{key: key, id: make([]byte, 16)}
	_, _ = rand.Read(d.id)
	return d
}

var url64 = base64.RawURLEncoding

// client is what the browser vouches for.
func client(kind, challenge, from string) []byte {
	out, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": from, "crossOrigin": false})
	return out
}

// state is what the device says about itself, for the page of this name.
func (d *device) state(page string, with byte) []byte {
	hash := sha256.Sum256([]byte(page))
	flags := byte(0x01) | with // somebody is there
	if !d.locked {
		flags |= 0x04
	}
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.count)
}

// asking is as much of a question as a device needs.
type asking struct {
	PublicKey struct {
		Challenge string
		User      struct{ ID string }
	}
}

// register answers a question for a new passkey. The object is CBOR, written by hand.
func (d *device) register(t *testing.T, ask []byte, from string) []byte {
	t.Helper()
	var q asking
	if err := json.Unmarshal(ask, &q); err != nil {
		t.Fatal(err)
	}
	d.handle, _ = url64.DecodeString(q.PublicKey.User.ID)
	point, err := d.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...) // ES256
	cose = append(append(cose, 0x22, 0x58, 32), point[33:]...)
	data := append(d.state("localhost", 0x40), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.id))), d.id...)
	data = append(data, cose...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), binary.BigEndian.AppendUint16(nil, uint16(len(data)))...)
	return d.answer(map[string]string{
		"clientDataJSON":    url64.EncodeToString(client("webauthn.create", q.PublicKey.Challenge, from)),
		"attestationObject": url64.EncodeToString(append(object, data...)),
	})
}

// sign answers a question for a passkey that it has.
func (d *device) sign(t *testing.T, ask []byte, from string) []byte {
	t.Helper()
	var q asking
	if err := json.Unmarshal(ask, &q); err != nil {
		t.Fatal(err)
	}
	said, data := client("webauthn.get", q.PublicKey.Challenge, from), d.state("localhost", 0)
	hash := sha256.Sum256(said)
	sum := sha256.Sum256(append(slices.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(map[string]string{
		"clientDataJSON": url64.EncodeToString(said), "authenticatorData": url64.EncodeToString(data),
		"signature": url64.EncodeToString(signature), "userHandle": url64.EncodeToString(d.handle),
	})
}

func (d *device) answer(response map[string]string) []byte {
	id := url64.EncodeToString(d.id)
	out, _ := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": response})
	return out
}

func newPasskeys(t *testing.T) (*Passkeys, *shelf) {
	t.Helper()
	p, s, _ := newPeople(t)
	k, err := NewPasskeys(p, origin, "Cedar")
	if err != nil {
		t.Fatal(err)
	}
	return k, s
}

// add gives a user the passkey of a device.
func (k *Passkeys) add(t *testing.T, name, label string, d *device) []string {
	t.Helper()
	ask, keep, err := k.Begin(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	_, codes, err := k.Add(t.Context(), name, NewPasskey{label, keep, d.register(t, ask, origin)})
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func TestAPasskeySignsInByItself(t *testing.T) {
	k, s := newPasskeys(t)
	phone, stick := newDevice(t), newDevice(t)
	if codes := k.add(t, "priya", "  my \n telephone ", phone); len(codes) != recoveryCodes {
		t.Errorf("%d recovery codes", len(codes))
	}
	if codes := k.add(t, "priya", strings.Repeat("é", 100), stick); len(codes) != 0 {
		t.Errorf("%d recovery codes with the second", len(codes))
	}
	had := s.users["priya"].Passkeys
	if len(had) != 2 || had[0].Name != "my telephone" || len(had[1].Name) > mostPasskeyName || had[0].ID() == had[1].ID() {
		t.Fatalf("she has %+v", had)
	}
	for i, d := range []*device{phone, stick, phone} {
		ask, keep, err := k.Ask("192.0.2.1:1")
		if err != nil {
			t.Fatal(err)
		}
		u, err := k.SignIn(t.Context(), keep, d.sign(t, ask, origin), "192.0.2.1:1")
		if err != nil || u.Name != "priya" {
			t.Errorf("%d: %q, %v", i, u.Name, err)
		}
	}
	if used := s.users["priya"].Passkeys[0].Used; used.IsZero() {
		t.Error("its use is not kept")
	}
	label, err := k.people.RemovePasskey(t.Context(), "priya", had[0].ID())
	if err != nil || label != "my telephone" || len(s.users["priya"].Passkeys) != 1 {
		t.Errorf("removed %q, %v", label, err)
	}
	if _, err := k.people.RemovePasskey(t.Context(), "priya", had[0].ID()); !errors.Is(err, ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	k.people.Required = true
	if _, err := k.people.RemovePasskey(t.Context(), "priya", had[1].ID()); !errors.Is(err, ErrLast) {
		t.Errorf("the last, where one is needed: %v", err)
	}
}

// Whatever is not the answer to this question, from this page, by an unlocked device
// that is hers, lets nobody in.
func TestWhatAPasskeyMustNotDo(t *testing.T) {
	for name, tt := range map[string]func(k *Passkeys, d *device, ask, keep []byte) (k2, answer []byte){
		"for another page": func(_ *Passkeys, d *device, ask, keep []byte) ([]byte, []byte) {
			return keep, d.sign(t, ask, "https://evil.example")
		},
		"to another question": func(k *Passkeys, d *device, ask, keep []byte) ([]byte, []byte) {
			_, other, _ := k.Ask("192.0.2.2:1")
			return other, d.sign(t, ask, origin)
		},
		"to no question": func(_ *Passkeys, d *device, ask, _ []byte) ([]byte, []byte) { return nil, d.sign(t, ask, origin) },
		"without a finger": func(_ *Passkeys, d *device, ask, keep []byte) ([]byte, []byte) {
			d.locked = true
			return keep, d.sign(t, ask, origin)
		},
		"of a copy": func(_ *Passkeys, d *device, ask, keep []byte) ([]byte, []byte) {
			d.count = 3 // it was at 9
			return keep, d.sign(t, ask, origin)
		},
		"by another device": func(_ *Passkeys, d *device, ask, keep []byte) ([]byte, []byte) {
			other := newDevice(t)
			other.id, other.handle, other.count = d.id, d.handle, 99
			return keep, other.sign(t, ask, origin)
		},
		"of nobody": func(_ *Passkeys, d *device, ask, keep []byte) ([]byte, []byte) {
			d.handle = []byte("nobody")
			return keep, d.sign(t, ask, origin)
		},
		"shut out": func(k *Passkeys, d *device, ask, keep []byte) ([]byte, []byte) {
			_ = k.people.SetDisabled(t.Context(), "priya", true)
			return keep, d.sign(t, ask, origin)
		},
		"no answer at all": func(_ *Passkeys, _ *device, _, keep []byte) ([]byte, []byte) { return keep, []byte("zzcanaryzz") },
	} {
		t.Run(name, func(t *testing.T) {
			k, _ := newPasskeys(t)
			d := newDevice(t)
			d.count = 9
			k.add(t, "priya", "", d)
			ask, keep, err := k.Ask("192.0.2.1:1")
			if err != nil {
				t.Fatal(err)
			}
			d.count++
			keep, answer := tt(k, d, ask, keep)
			u, err := k.SignIn(t.Context(), keep, answer, "192.0.2.1:1")
			if !errors.Is(err, ErrDenied) || u.Name != "" || strings.Contains(err.Error(), "zzcanaryzz") {
				t.Errorf("%q, %v", u.Name, err)
			}
		})
	}
}

func TestAPasskeyIsNotAddedForSomebodyElse(t *testing.T) {
	k, s := newPasskeys(t)
	if err := k.people.Add(t.Context(), "dana", Admin, secret); err != nil {
		t.Fatal(err)
	}
	d := newDevice(t)
	ask, keep, err := k.Begin(t.Context(), "priya")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		user         string
		keep, answer []byte
	}{
		"to dana": {"dana", keep, d.register(t, ask, origin)}, "from elsewhere": {"priya", keep, d.register(t, ask, "https://evil.example")},
		"unasked": {"priya", nil, d.register(t, ask, origin)}, "nothing": {"priya", keep, nil},
	} {
		if _, _, err := k.Add(t.Context(), tt.user, NewPasskey{"x", tt.keep, tt.answer}); !errors.Is(err, ErrDenied) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(s.users["priya"].Passkeys)+len(s.users["dana"].Passkeys) > 0 {
		t.Error("one was added")
	}
	if _, _, err := k.Begin(t.Context(), "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("for nobody: %v", err)
	}
}

func TestPasskeysNeedAName(t *testing.T) {
	for address, ok := range map[string]bool{
		"http://localhost:8480": true, "https://triage.cedar.example": true, "http://127.0.0.1:8480": false, "https://[::1]:80": false, "": false, "%": false,
	} {
		if _, err := NewPasskeys(&People{}, address, "Cedar"); (err == nil) != ok || !ok && !errors.Is(err, ErrNoName) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestAskingForPasskeysIsThrottled(t *testing.T) {
	k, _ := newPasskeys(t)
	var err error
	for range placeBurst + 1 {
		_, _, err = k.Ask("192.0.2.1:1")
	}
	if !errors.Is(err, ErrSlow) {
		t.Errorf("after %d: %v", placeBurst, err)
	}
	if _, err := k.SignIn(t.Context(), nil, nil, "192.0.2.1:1"); !errors.Is(err, ErrSlow) {
		t.Errorf("an answer: %v", err)
	}
	if _, _, err := k.Ask("192.0.2.2:1"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}
