package x

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/dghubble/oauth1"

	"triage/internal/ingest"
)

// signing gives an HTTP client that signs every request (OAuth 1.0a) for the
// address to which it goes, with a base_url of a stand-in too. The body of a
// request of version 2 is JSON, which is no part of a signature.
func signing(base *http.Client, cfg Config) *http.Client {
	ctx := context.Background()
	signer := &http.Client{}
	if base != nil {
		*signer = *base
		ctx = context.WithValue(ctx, oauth1.HTTPClient, base)
	}
	signer.Transport = oauth1.NewConfig(cfg.ConsumerKey, cfg.ConsumerSecret).
		Client(ctx, oauth1.NewToken(cfg.AccessToken, cfg.AccessSecret)).Transport
	return signer
}

// wire sends the requests of version 2.
type wire struct {
	http   *ingest.HTTP
	base   string
	tokens ingest.Tokens // nil: the transport signs
	limits *limits
	now    func() time.Time
}

// request is one. Name is that of the read whose limit slows further ones; what is
// used up of other limits, such as that of posting, does not.
type request struct {
	name, method, path string
	query              url.Values
	body               any
}

// send makes one request and gives the token that it carried. An error is that
// of the token: then nothing was sent.
func (w *wire) send(ctx context.Context, r request) (x ingest.Exchange, token string, err error) {
	address := w.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	var body io.Reader = http.NoBody
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return x, "", fmt.Errorf("encode a request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return x, "", errors.New("make a request: base_url is no address")
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if w.tokens != nil {
		if token, err = w.tokens.Token(ctx); err != nil {
			return x, "", tokenError(ctx, err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	x = w.http.Do(req)
	w.limits.note(r.name, x.Header)
	return x, token, nil
}

// tokenError keeps what is known about a token that is not there, and nothing
// else of the error: it is not known what is in it.
func tokenError(ctx context.Context, err error) error {
	var read *ingest.ReadError
	switch {
	case errors.As(err, &read):
		return read
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return &ingest.ReadError{Kind: ingest.Temporary,
		Why: "the account's token could not be renewed or read from our own store; if it lasts, connect the account again"}
}

// renew asks for another token if the answer says that this one is dead. It
// reports whether there is one now; an error says that there is none.
func (w *wire) renew(ctx context.Context, x ingest.Exchange, token string) (bool, error) {
	if w.tokens == nil || x.Err != nil || x.Status != http.StatusUnauthorized ||
		judge(failureOf(x.Body), x.Status, "").kind != ingest.Dead {
		return false, nil
	}
	if _, err := w.tokens.Refused(ctx, token); err != nil {
		return false, tokenError(ctx, err)
	}
	return true, nil
}

// read makes one GET, and a second one if only the token was stale, and gives
// the object that came back. It has one of the members in sense.
func (w *wire) read(ctx context.Context, r request, sense ...string) (object, ingest.Exchange, error) {
	r.method = http.MethodGet
	x, token, err := w.send(ctx, r)
	if err == nil {
		var renewed bool
		if renewed, err = w.renew(ctx, x, token); renewed {
			x, _, err = w.send(ctx, r)
		}
	}
	if err != nil {
		return nil, x, err
	}
	o := objectOf(x.Body)
	holds := false
	for _, name := range sense {
		holds = holds || o.has(name)
	}
	return o, x, readError(x, holds, w.now())
}

// staleWait is how long a write waits after its token was renewed.
const staleWait = 5 * time.Second

// write makes one request, whatever comes of it. It is done only when made finds
// what was made in the answer's data.
func (w *wire) write(ctx context.Context, r request, kind ingest.ActionKind, made func(object) (string, bool)) ingest.Outcome {
	x, token, err := w.send(ctx, r)
	if err != nil {
		return tokenless(err)
	}
	if id, ok := made(objectOf(x.Body).object("data")); x.OK() && ok {
		return ingest.Outcome{Result: ingest.Done, Item: id}
	}
	switch renewed, err := w.renew(ctx, x, token); {
	case err != nil:
		return tokenless(err)
	case renewed:
		return ingest.Outcome{Result: ingest.Later, After: staleWait,
			Why: "the account's token had run out and was renewed, and nothing was sent; nothing to do, it is tried again by itself"}
	}
	return outcome(x, kind, w.now())
}

// tokenless is the outcome when there is no token: nothing was done.
func tokenless(err error) ingest.Outcome {
	var read *ingest.ReadError
	if errors.As(err, &read) && read.Kind == ingest.Dead {
		return ingest.Outcome{Result: ingest.Refused, StopPosting: true, Code: read.Code, Why: read.Why}
	}
	return ingest.Outcome{Result: ingest.Later, After: unreached,
		Why: "there was no token to send with and nothing was sent; nothing to do unless it lasts: then connect the account again"}
}

// Waits where X limits without saying for how long, and the bounds of what it
// says: its longest limit is that of a day.
const (
	throttleWait = 15 * time.Minute
	leastWait    = 5 * time.Second
	longestWait  = 24 * time.Hour
)

// limitSets are the headers in which X tells how near its limits are: those of
// some minutes, and those of a day of the account and of the whole app.
var limitSets = []string{"x-rate-limit-", "x-user-limit-24hour-", "x-app-limit-24hour-"}

// gauge is how one limit stands.
type gauge struct {
	limit, remaining int
	reset            time.Time
}

// gaugeOf reads a set of headers; ok is false where they do not tell.
func gaugeOf(h http.Header, set string) (g gauge, ok bool) {
	limit, err1 := strconv.Atoi(h.Get(set + "limit"))
	remaining, err2 := strconv.Atoi(h.Get(set + "remaining"))
	seconds, err3 := strconv.ParseInt(h.Get(set+"reset"), 10, 64)
	if err3 == nil && seconds > 0 && seconds < 1<<40 {
		g.reset = time.Unix(seconds, 0)
	}
	g.limit, g.remaining = limit, max(remaining, 0)
	return g, err1 == nil && err2 == nil && limit > 0
}

func (g gauge) percent() int {
	return max(0, min(100, 100*(g.limit-min(g.remaining, g.limit))/g.limit))
}

// limits remembers how each limit stood when X last told of it.
type limits struct {
	mu   sync.Mutex
	last map[string]gauge // by call and set of headers
}

// note reads what an answer to a call tells, unless it has no name.
func (l *limits) note(call string, h http.Header) {
	if call == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, set := range limitSets {
		if g, ok := gaugeOf(h, set); ok {
			if l.last == nil {
				l.last = map[string]gauge{}
			}
			l.last[call+" "+set] = g
		}
	}
}

// highest is the limit nearest to its end of those that hold at now.
func (l *limits) highest(now time.Time) (percent int, reset time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, g := range l.last {
		if p := g.percent(); p > percent && g.reset.After(now) {
			percent, reset = p, g.reset
		}
	}
	return percent, reset
}

// waitFor is how long a throttled account has to wait. While calls remain in the
// usual set, a limit of the day is what stopped it.
func waitFor(x ingest.Exchange, now time.Time) time.Duration {
	wait := x.RetryAfter(now)
	spent := false
	for _, set := range limitSets {
		if g, ok := gaugeOf(x.Header, set); ok && g.remaining == 0 && !g.reset.IsZero() {
			spent = true
			wait = max(wait, g.reset.Sub(now), leastWait)
		}
	}
	if !spent {
		for i, set := range limitSets {
			g, ok := gaugeOf(x.Header, set)
			if !g.reset.IsZero() && (i > 0 || !ok) { // a reset alone still tells
				wait = max(wait, g.reset.Sub(now), leastWait)
			}
		}
	}
	if wait <= 0 {
		return throttleWait
	}
	return min(wait, longestWait)
}
