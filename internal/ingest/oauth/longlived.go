package oauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"triage/internal/ingest"
)

// LongLived renews a token with itself, as the Instagram API with Instagram login
// does: it lasts 60 days, and may be renewed from 24 hours after it was made until
// it ends.
type LongLived struct {
	// BaseURL is where the API answers, such as https://graph.instagram.com.
	BaseURL string
	HTTP    *ingest.HTTP
	// Now is the clock.
	Now func() time.Time
}

// LongLivedEarly is how long before its end such a token is renewed at most:
// before anybody is told that it ends.
const LongLivedEarly = 15 * 24 * time.Hour

// tooEarly is after how long renewing is tried again that was refused: most
// often the token is less than a day old.
const tooEarly = 6 * time.Hour

var _ Renewer = (*LongLived)(nil)

// Renew implements Renewer.
func (l *LongLived) Renew(ctx context.Context, g ingest.Grant) (ingest.Grant, error) {
	query := url.Values{"grant_type": {"ig_refresh_token"}, "access_token": {g.Access}}
	got, err := l.get(ctx, "/refresh_access_token", query)
	var e *ingest.ReadError
	if errors.As(err, &e) && (e.Kind == ingest.Dead || e.Kind == ingest.Bad) {
		e.RetryAfter = max(e.RetryAfter, tooEarly)
	}
	return got, err
}

// Exchange gets a token that lasts 60 days for one that lasts an hour, which a
// person's consent gave. It needs the app's secret.
func (l *LongLived) Exchange(ctx context.Context, secret, short string) (ingest.Grant, error) {
	return l.get(ctx, "/access_token", url.Values{"grant_type": {"ig_exchange_token"}, "client_secret": {secret}, "access_token": {short}})
}

// get asks for a token. The platform wants the old one in the address, which is
// never logged nor told in an error.
func (l *LongLived) get(ctx context.Context, path string, query url.Values) (ingest.Grant, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(l.BaseURL, "/")+path+"?"+query.Encode(), http.NoBody)
	if err != nil { // the error holds the address
		return ingest.Grant{}, (ingest.Exchange{Err: ingest.ErrUnreachable}).ReadError(l.Now())
	}
	return grantOf(l.HTTP.Do(req), l.Now())
}
