package people

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkey is a key on somebody's telephone, computer or stick. It signs her in by
// itself: to use it she unlocks the device, so it is two factors in one.
type Passkey struct {
	// Name is what she calls it.
	Name  string    `json:"name"`
	Added time.Time `json:"added"`
	Used  time.Time `json:"used,omitzero"`
	// Credential is its public half, and what its device told about itself.
	Credential webauthn.Credential `json:"credential"`
}

// ID names a passkey on pages.
func (k Passkey) ID() string {
	sum := sha256.Sum256(k.Credential.ID)
	return hex.EncodeToString(sum[:8])
}

// Passkeys adds passkeys and signs people in by them.
type Passkeys struct {
	people *People
	web    *webauthn.WebAuthn
}

// ErrNoName: the page is reached by a number, and passkeys need a name.
var ErrNoName = errors.New("passkeys need a name in review.url, such as localhost or triage.practice.example")

// Bounds of what somebody may have and call it.
const (
	mostPasskeys    = 20
	mostPasskeyName = 60 // bytes
	ceremonyTime    = 5 * time.Minute
)

// NewPasskeys makes passkeys work for the page that is reached at this address.
// They belong to its host's name: under another one none of them opens.
func NewPasskeys(p *People, address, practice string) (*Passkeys, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return nil, ErrNoName
	}
	limit := webauthn.TimeoutConfig{Enforce: true, Timeout: ceremonyTime, TimeoutUVD: ceremonyTime}
	web, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: practice, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: limit, Registration: limit},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return &Passkeys{p, web}, nil
}

// owner is a user as the ceremonies see her.
type owner struct{ User }

// WebAuthnID implements webauthn.User.
func (o owner) WebAuthnID() []byte { return o.Handle }

// WebAuthnName implements webauthn.User.
func (o owner) WebAuthnName() string { return o.Name }

// WebAuthnDisplayName implements webauthn.User.
func (o owner) WebAuthnDisplayName() string { return o.Name }

// WebAuthnCredentials implements webauthn.User.
func (o owner) WebAuthnCredentials() (out []webauthn.Credential) {
	for _, k := range o.Passkeys {
		out = append(out, k.Credential)
	}
	return out
}

// Begin asks for a new passkey of a user: what her browser is to be asked, and what
// is to be kept in her session until it answers, both JSON.
func (k *Passkeys) Begin(ctx context.Context, name string) (ask, keep []byte, err error) {
	var u User
	err = k.people.edit(ctx, name, func(now *User) error {
		if len(now.Handle) == 0 {
			now.Handle = make([]byte, 32)
			_, _ = rand.Read(now.Handle)
		}
		u = *now
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	had := webauthn.WithExclusions(webauthn.Credentials(owner{u}.WebAuthnCredentials()).CredentialDescriptors())
	creation, session, err := k.web.BeginRegistration(owner{u}, had)
	return both(creation, session, err)
}

// both are the two halves of a ceremony.
func both(ask, keep any, err error) (a, b []byte, _ error) {
	if err == nil {
		a, err = json.Marshal(ask)
	}
	if err == nil {
		b, err = json.Marshal(keep)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("passkey: %w", plain(err))
	}
	return a, b, nil
}

// plain is an error without its details, which quote what the browser sent.
func plain(err error) error {
	var p *protocol.Error
	if errors.As(err, &p) {
		return errors.New(p.Type)
	}
	return err
}

// NewPasskey is what was kept of the question, the browser's answer, and what its user
// calls it.
type NewPasskey struct {
	Label        string
	Keep, Answer []byte
}

// Add adds the passkey with which a browser answered. Whoever has no recovery codes
// gets some, shown once. It returns ErrDenied if the answer is to another question.
func (k *Passkeys) Add(ctx context.Context, name string, made NewPasskey) (u User, codes []string, err error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(made.Keep, &session); err != nil {
		return u, nil, ErrDenied
	}
	if u, err = k.people.Get(ctx, name); err != nil {
		return u, nil, fmt.Errorf("passkey: %w", err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(made.Answer)
	if err != nil {
		return u, nil, fmt.Errorf("%w (passkey: %w)", ErrDenied, plain(err))
	}
	credential, err := k.web.CreateCredential(owner{u}, session, parsed)
	if err != nil {
		return u, nil, fmt.Errorf("%w (passkey: %w)", ErrDenied, plain(err))
	}
	credential.Attestation = webauthn.CredentialAttestation{} // nobody will ask who made the device
	return k.people.secure(ctx, name, func(u *User) error {
		if len(u.Passkeys) >= mostPasskeys {
			return &RefusedError{"There are too many passkeys: remove those that are not used any more."}
		}
		u.Passkeys = append(slices.Clip(u.Passkeys), Passkey{Name: called(made.Label), Added: k.people.now(), Credential: *credential})
		return nil
	})
}

// called is what she calls a passkey, in one line.
func called(label string) string {
	label = strings.Join(strings.Fields(strings.ToValidUTF8(label, "")), " ")
	if label == "" {
		return "Passkey"
	}
	for len(label) > mostPasskeyName {
		rs := []rune(label)
		label = string(rs[:len(rs)-1])
	}
	return label
}

// RemovePasskey takes a passkey away, unless it is the last second factor of one who needs
// one: ErrLast. It returns what it was called.
func (p *People) RemovePasskey(ctx context.Context, name, id string) (label string, err error) {
	err = p.edit(ctx, name, func(u *User) error {
		i := slices.IndexFunc(u.Passkeys, func(k Passkey) bool { return k.ID() == id })
		if i < 0 {
			return ErrNotFound
		}
		label = u.Passkeys[i].Name
		u.Passkeys = slices.Delete(slices.Clone(u.Passkeys), i, i+1)
		return p.left(u)
	})
	return label, err
}

// Ask asks for any passkey of this page, as Begin does for a new one. It returns
// ErrSlow after too many questions from this place.
func (k *Passkeys) Ask(remote string) (ask, keep []byte, err error) {
	if !k.people.tries.here(k.people.now(), remote) {
		return nil, nil, ErrSlow
	}
	assertion, session, err := k.web.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	return both(assertion, session, err)
}

// SignIn returns the user whose passkey answered. It returns ErrDenied if none did,
// or hers was copied, and ErrSlow after too many attempts from this place.
func (k *Passkeys) SignIn(ctx context.Context, keep, answer []byte, remote string) (User, error) {
	if !k.people.tries.here(k.people.now(), remote) {
		return User{}, ErrSlow
	}
	var session webauthn.SessionData
	if err := json.Unmarshal(keep, &session); err != nil {
		return User{}, ErrDenied
	}
	all, err := k.people.All(ctx)
	if err != nil {
		return User{}, fmt.Errorf("passkey: %w", err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return User{}, fmt.Errorf("%w (passkey: %w)", ErrDenied, plain(err))
	}
	found, credential, err := k.web.ValidatePasskeyLogin(k.byHandle(ctx, all), session, parsed)
	if err != nil {
		return User{}, fmt.Errorf("%w (passkey: %w)", ErrDenied, plain(err))
	}
	if credential.Authenticator.CloneWarning {
		return User{}, fmt.Errorf("%w (passkey: it was used elsewhere meanwhile, as a copy would be)", ErrDenied)
	}
	return k.used(ctx, found.WebAuthnName(), credential)
}

// byHandle finds whose passkey it says that it is, as she is now.
func (k *Passkeys) byHandle(ctx context.Context, all []User) webauthn.DiscoverableUserHandler {
	return func(_, handle []byte) (webauthn.User, error) {
		for _, u := range all {
			if len(u.Handle) > 0 && bytes.Equal(u.Handle, handle) {
				u, err := k.people.Get(ctx, u.Name)
				return owner{u}, err
			}
		}
		return nil, ErrDenied
	}
}

// used stores that a passkey was used, if its user still has it.
func (k *Passkeys) used(ctx context.Context, name string, c *webauthn.Credential) (u User, err error) {
	err = k.people.edit(ctx, name, func(now *User) error {
		i := slices.IndexFunc(now.Passkeys, func(k Passkey) bool { return bytes.Equal(k.Credential.ID, c.ID) })
		if i < 0 || now.Disabled {
			return ErrDenied
		}
		now.Passkeys = slices.Clone(now.Passkeys)
		now.Passkeys[i].Used, now.Passkeys[i].Credential = k.people.now(), *c
		u = *now
		return nil
	})
	return u, err
}
