package oauth

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"triage/internal/ingest"
)

// App is an app registered at a platform that speaks OAuth 2 (RFC 6749): it gets
// grants for a person's consent, and renews them with their refresh token.
//
// golang.org/x/oauth2 builds the requests. What an answer means is judged here:
// a field of an odd shape must not cost a refresh token that is given only once,
// and the library's errors repeat the answer.
type App struct {
	// OAuth names the app and the platform's addresses. AuthStyle must be set:
	// finding it out would send a refresh token twice.
	OAuth oauth2.Config
	// Ask is what else a person's consent is asked with.
	Ask  map[string]string
	HTTP *ingest.HTTP
	// Now is the clock.
	Now func() time.Time
}

var _ Renewer = (*App)(nil)

// Renew implements Renewer.
func (a *App) Renew(ctx context.Context, g ingest.Grant) (ingest.Grant, error) {
	if g.Refresh == "" {
		return ingest.Grant{}, errNone
	}
	return a.ask(ctx, func(ctx context.Context) {
		_, _ = a.OAuth.TokenSource(ctx, &oauth2.Token{RefreshToken: g.Refresh}).Token()
	})
}

// Consent is the address at which a person consents, and what proves later that
// it was asked for here. The platform redirects her to redirect.
func (a *App) Consent(redirect, state, verifier string) string {
	asked := a.OAuth
	asked.RedirectURL = redirect
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	for name, value := range a.Ask {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	return asked.AuthCodeURL(state, options...)
}

// Exchange gets the grant for the code that a person's consent gave.
func (a *App) Exchange(ctx context.Context, redirect, code, verifier string) (ingest.Grant, error) {
	asked := a.OAuth
	asked.RedirectURL = redirect
	return a.ask(ctx, func(ctx context.Context) {
		_, _ = asked.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	})
}

// ask makes the one request that call builds, and reads the grant in its answer.
func (a *App) ask(ctx context.Context, call func(context.Context)) (ingest.Grant, error) {
	c := &carrier{http: a.HTTP, got: ingest.Exchange{Err: ingest.ErrUnreachable}}
	call(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: c}))
	return grantOf(c.got, a.Now())
}

// carrier stands between the library and the network: it records the answer and
// shows the library an empty one.
type carrier struct {
	http *ingest.HTTP
	got  ingest.Exchange
}

// RoundTrip implements http.RoundTripper.
func (c *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	c.got = c.http.Do(req)
	if c.got.Err != nil {
		return nil, c.got.Err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: req, Body: io.NopCloser(bytes.NewReader([]byte("{}")))}, nil
}
