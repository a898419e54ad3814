package people

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"slices"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// NewTOTP makes the address by which an app learns a new secret. It is to be shown
// to its user only, and kept nowhere but in her session until she proved that her
// app has it.
func NewTOTP(practice, name string) (address string, err error) {
	k, err := totp.Generate(totp.GenerateOpts{Issuer: strings.ReplaceAll(practice, ":", " "), AccountName: name, SecretSize: 20})
	if err != nil {
		return "", fmt.Errorf("set up an app: %w", err)
	}
	return k.URL(), nil
}

// errNoAddress: what a session holds is no address for an app; it does not quote it.
var errNoAddress = errors.New("set up an app: the address cannot be read")

// keyOf reads an address.
func keyOf(address string) (*otp.Key, error) {
	k, err := otp.NewKeyFromURL(address)
	if err != nil || k.Type() != "totp" || len(k.Secret()) < 32 {
		return nil, errNoAddress
	}
	return k, nil
}

// SecretOf is the secret in an address, in groups of four letters for people who
// type it into their app.
func SecretOf(address string) (string, error) {
	k, err := keyOf(address)
	if err != nil {
		return "", err
	}
	var out []string
	for part := range slices.Chunk([]byte(k.Secret()), 4) {
		out = append(out, string(part))
	}
	return strings.Join(out, " "), nil
}

// qrSize is the width and height of the picture, in pixels.
const qrSize = 264

// QR is a picture of the address, a PNG, for the app's camera.
func QR(address string) ([]byte, error) {
	k, err := keyOf(address)
	if err != nil {
		return nil, err
	}
	img, err := k.Image(qrSize, qrSize)
	if err != nil {
		return nil, fmt.Errorf("draw the code for the app: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("draw the code for the app: %w", err)
	}
	return out.Bytes(), nil
}

// SetUp reports whether a user must set up a second factor before she comes in.
func (p *People) SetUp(u User) bool { return p.Required && u.Role.May(Decide) && !u.Second() }

// NewApp is the address that an app learned, and the code that somebody says it shows.
type NewApp struct{ Address, Code, Remote string }

// SetTOTP gives a user an app in place of the one she had, if the code shows that
// the app has the secret of the address. Whoever has no recovery codes gets some:
// they are shown once. It returns her as she is now; ErrCode, or ErrSlow.
func (p *People) SetTOTP(ctx context.Context, name string, app NewApp) (u User, codes []string, err error) {
	k, err := keyOf(app.Address)
	if err != nil {
		return u, nil, err
	}
	if !p.tries.take(p.now(), "?code "+name, app.Remote) {
		return u, nil, ErrSlow
	}
	step, ok := TOTP{Secret: k.Secret()}.step(strings.Join(strings.Fields(app.Code), ""), p.now())
	if !ok {
		return u, nil, ErrCode
	}
	p.tries.fits("?code "+name, app.Remote)
	return p.secure(ctx, name, func(u *User) error {
		u.TOTP = TOTP{Secret: k.Secret(), Added: p.now(), Last: step}
		return nil
	})
}

// GiveTOTP gives a user an app without a proof that it has the secret, for an admin
// who sits beside her. New recovery codes take the place of all others, and her
// sessions end.
func (p *People) GiveTOTP(ctx context.Context, practice, name string) (address string, codes []string, err error) {
	if address, err = NewTOTP(practice, normal(name)); err != nil {
		return "", nil, err
	}
	k, err := keyOf(address)
	if err != nil {
		return "", nil, err
	}
	_, codes, err = p.secure(ctx, normal(name), func(u *User) error {
		u.Recovery, u.Era = Recovery{}, u.Era+1
		u.TOTP = TOTP{Secret: k.Secret(), Added: p.now()}
		return nil
	})
	return address, codes, err
}

// secure gives a user something that makes her sign-in safer, and recovery codes if
// she has none.
func (p *People) secure(ctx context.Context, name string, f func(*User) error) (u User, codes []string, err error) {
	made, recovery, err := p.makeRecovery(ctx)
	if err != nil {
		return u, nil, err
	}
	err = p.edit(ctx, name, func(now *User) error {
		codes = nil
		if err := f(now); err != nil {
			return err
		}
		if len(now.Recovery.Left) == 0 {
			now.Recovery, codes = recovery, made
		}
		u = *now
		return nil
	})
	if err != nil {
		return User{}, nil, err
	}
	return u, codes, nil
}

func (p *People) makeRecovery(ctx context.Context) (codes []string, r Recovery, err error) {
	err = p.turns.take(ctx, false, func() { codes, r = newRecovery(p.now()) })
	if err != nil {
		err = fmt.Errorf("recovery codes: %w", err)
	}
	return codes, r, err
}

// NewRecovery gives a user new recovery codes in place of those that are left.
func (p *People) NewRecovery(ctx context.Context, name string) (codes []string, err error) {
	codes, r, err := p.makeRecovery(ctx)
	if err != nil {
		return nil, err
	}
	return codes, p.edit(ctx, name, func(u *User) error { u.Recovery = r; return nil })
}

// RemoveTOTP takes a user's app away, unless it is the last second factor of one who
// needs one: ErrLast.
func (p *People) RemoveTOTP(ctx context.Context, name string) error {
	return p.edit(ctx, name, func(u *User) error { u.TOTP = TOTP{}; return p.left(u) })
}

// left refuses what leaves somebody without a second factor who needs one. Recovery
// codes go with the last.
func (p *People) left(u *User) error {
	if p.SetUp(*u) {
		return ErrLast
	}
	if !u.Second() {
		u.Recovery = Recovery{}
	}
	return nil
}

// Reset takes away every second factor of a user who lost them, and what ties her to
// a provider of identities. Her password stays, her sessions end.
func (p *People) Reset(ctx context.Context, name string) error {
	return p.edit(ctx, normal(name), func(u *User) error {
		u.TOTP, u.Recovery, u.Passkeys, u.Subject, u.Era = TOTP{}, Recovery{}, nil, "", u.Era+1
		return nil
	})
}
