package people

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Provider signs people in with the account that they have elsewhere, such as the
// practice's Microsoft or Google one (OpenID Connect: the code flow with PKCE). It
// makes nobody a user: who may in is written down here. Use it by pointer.
type Provider struct {
	// Issuer is the provider's address, as its tokens name it.
	Issuer string
	// ClientID and Secret are what the provider gave to this page.
	ClientID, Secret string
	// Redirect is where the provider sends people back to.
	Redirect string
	// Users tells by an e-mail address, in small letters, who that is here. The
	// address counts only where the provider says that it verified it.
	Users map[string]string
	// HTTP reaches the provider; nil: a client that waits ten seconds at most.
	HTTP *http.Client

	mu     sync.Mutex
	known  *oidc.Provider
	failed time.Time // when it last did not describe itself
}

// providerRest is for how long a provider that failed is left alone, so that nobody
// waits for it in a row.
const providerRest = 5 * time.Second

var (
	// ErrProvider: the provider does not answer, or not as one.
	ErrProvider = errors.New("the provider of identities does not answer as it should")
	// ErrStranger: the provider knows who it is, and she is no user here.
	ErrStranger = errors.New("this account belongs to no user here")
)

// Begin returns where to send a browser, and the secret that ties the answer to it:
// to be kept in a cookie of that browser, for ten minutes.
func (o *Provider) Begin(ctx context.Context) (address, secret string, err error) {
	at, err := o.config(ctx)
	if err != nil {
		return "", "", err
	}
	secret = rand.Text() + rand.Text()
	return at.AuthCodeURL(derived("state", secret), oidc.Nonce(derived("nonce", secret)),
		oauth2.S256ChallengeOption(derived("verifier", secret))), secret, nil
}

// derived makes of the browser's secret what is sent for one purpose, so that nothing
// has to be kept here for people who never come back.
func derived(purpose, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("triage oidc " + purpose))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Finish returns the user whom the provider's answer names. secret is the browser's.
// It returns ErrDenied if the answer is not to what this browser asked or the
// provider was refused, ErrStranger, or ErrProvider.
func (o *Provider) Finish(ctx context.Context, p *People, secret string, answer url.Values) (User, error) {
	state := derived("state", secret)
	if secret == "" || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(state)) != 1 || answer.Get("code") == "" {
		return User{}, ErrDenied
	}
	if iss := answer.Get("iss"); iss != "" && iss != o.Issuer { // RFC 9207: mixed up with another provider
		return User{}, ErrDenied
	}
	claims, err := o.claims(ctx, secret, answer.Get("code"))
	if err != nil {
		return User{}, err
	}
	name, ok := o.Users[strings.ToLower(strings.TrimSpace(claims.Email))]
	if !ok || !claims.Verified || claims.Email == "" {
		return User{}, ErrStranger
	}
	return p.came(ctx, normal(name), hashSubject(o.Issuer, claims.Subject))
}

// claims are what a token says about somebody.
type claims struct {
	Subject  string
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
}

// claims exchanges a code for who it stands for.
func (o *Provider) claims(ctx context.Context, secret, code string) (c claims, err error) {
	at, err := o.config(ctx)
	if err != nil {
		return c, err
	}
	token, err := at.Exchange(o.client(ctx), code, oauth2.VerifierOption(derived("verifier", secret)))
	if err != nil {
		return c, fmt.Errorf("%w: it refused the code", ErrProvider) // the cause may quote it
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := o.known.Verifier(&oidc.Config{ClientID: o.ClientID}).Verify(o.client(ctx), raw)
	if err != nil {
		return c, fmt.Errorf("%w: its token is not valid", ErrProvider)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(derived("nonce", secret))) != 1 {
		return c, ErrDenied
	}
	if err := id.Claims(&c); err != nil {
		return c, fmt.Errorf("%w: its token cannot be read", ErrProvider)
	}
	c.Subject = id.Subject
	return c, nil
}

// config is the provider as it describes itself, read when it is first needed: a
// provider that is down keeps nobody else from the desk.
func (o *Provider) config(ctx context.Context) (oauth2.Config, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil {
		if time.Since(o.failed) < providerRest {
			return oauth2.Config{}, fmt.Errorf("%w: it did not a moment ago", ErrProvider)
		}
		known, err := oidc.NewProvider(context.WithoutCancel(o.client(ctx)), o.Issuer)
		if err != nil {
			o.failed = time.Now()
			return oauth2.Config{}, fmt.Errorf("%w: it does not describe itself: %w", ErrProvider, reached(err))
		}
		o.known = known
	}
	return oauth2.Config{ClientID: o.ClientID, ClientSecret: o.Secret, Endpoint: o.known.Endpoint(),
		RedirectURL: o.Redirect, Scopes: []string{oidc.ScopeOpenID, "email"}}, nil
}

// reached is why a provider could not be reached. What it answered is left out.
func reached(err error) error {
	var cause *url.Error
	if errors.As(err, &cause) {
		return cause.Err
	}
	return errors.New("its answer was none")
}

// patient waits for a provider, but not for ever.
var patient = &http.Client{Timeout: 10 * time.Second}

func (o *Provider) client(ctx context.Context) context.Context {
	if o.HTTP == nil {
		return oidc.ClientContext(ctx, patient)
	}
	return oidc.ClientContext(ctx, o.HTTP)
}

func hashSubject(issuer, subject string) string {
	sum := sha256.Sum256([]byte("subject:" + issuer + "\x00" + subject))
	return hex.EncodeToString(sum[:16])
}

// came returns a user who comes from the provider. The first time ties her to her
// account there: an address may pass on to somebody else, an account does not.
func (p *People) came(ctx context.Context, name, subject string) (u User, err error) {
	u, err = p.Get(ctx, name)
	if errors.Is(err, ErrNotFound) || err == nil && u.Disabled {
		return User{}, ErrStranger
	}
	if err != nil || u.Subject == subject {
		return u, err
	}
	err = p.edit(ctx, name, func(now *User) error {
		if now.Disabled || now.Subject != "" && now.Subject != subject {
			return ErrStranger
		}
		now.Subject = subject
		u = *now
		return nil
	})
	return u, err
}
