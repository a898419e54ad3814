package google

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"triage/internal/ingest"
)

// Platform is the platform's name in comments.
const Platform = "google"

// Options are what a Client is given besides its section.
type Options struct {
	// HTTP brings the transport; nil means Go's default one.
	HTTP *http.Client
	// Tokens give the access token.
	Tokens ingest.Tokens
	Log    *zap.Logger
	// Account is the name of the account in the configuration.
	Account string
	// EditEvery is how long after an edit another one is granted; 0: as Google
	// grants them.
	EditEvery time.Duration
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

// Client reads and acts for one location. It may be used concurrently.
type Client struct {
	cfg     Config
	http    *ingest.HTTP
	tokens  ingest.Tokens
	log     *zap.Logger
	account string
	now     func() time.Time
	full    time.Duration
	edits   *rate.Limiter

	mu       sync.Mutex
	fullAt   time.Time // when every review was read last
	whole    bool      // the last sweep read every review
	pending  map[string]*pendingReply
	throttle time.Time // Google grants nothing until then
}

var (
	_ ingest.Source    = (*Client)(nil)
	_ ingest.Whole     = (*Client)(nil)
	_ ingest.Peeker    = (*Client)(nil)
	_ ingest.Metered   = (*Client)(nil)
	_ ingest.Account   = (*Client)(nil)
	_ ingest.Actor     = (*Client)(nil)
	_ ingest.Permitted = (*Client)(nil)
)

// Google grants a profile 10 edits a minute, whatever minute one looks at: what
// may go out at once and what is granted again within a minute are 10 together.
const (
	editsAtOnce = 4
	editEvery   = 10 * time.Second
)

// New makes the client of a location.
func New(cfg Config, opt Options) (*Client, error) {
	cfg = cfg.Filled()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if opt.Tokens == nil {
		return nil, errors.New("nothing gives the account's access token")
	}
	if opt.Log == nil {
		opt.Log = zap.NewNop()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.EditEvery == 0 {
		opt.EditEvery = editEvery
	}
	full, err := time.ParseDuration(cfg.FullEvery)
	return &Client{
		cfg: cfg, http: ingest.NewHTTP(opt.HTTP), tokens: opt.Tokens, account: opt.Account, now: opt.Now, full: full,
		log:   opt.Log.With(zap.String("account", opt.Account)),
		edits: rate.NewLimiter(rate.Every(opt.EditEvery), editsAtOnce), pending: map[string]*pendingReply{},
	}, err
}

// parent is the resource name of the location below its account.
func (c *Client) parent() string { return c.cfg.Account + "/" + c.cfg.Location }

// item is the resource name of a review, replyItem that of its reply.
func (c *Client) item(id string) string { return c.parent() + reviewsPart + id }
func replyItem(item string) string      { return item + replyPart }

const (
	reviewsPart = "/reviews/"
	replyPart   = "/reply"
)

// named takes an item apart: the review's id, and whether its reply is meant.
// What belongs to another location is not ours to ask for.
func (c *Client) named(item string) (id string, reply, ok bool) {
	id, ok = strings.CutPrefix(item, c.parent()+reviewsPart)
	id, reply = strings.CutSuffix(id, replyPart)
	return id, reply, ok && id != "" && !strings.Contains(id, "/")
}

// reviewURL is where a review is. The id is one part of it, whatever is in it.
func (c *Client) reviewURL(id string) string {
	return c.cfg.BaseURL + "/v4/" + c.parent() + reviewsPart + url.PathEscape(id)
}

// call is one request; a body is sent as JSON.
type call struct {
	token, method, address string
	body                   any
}

// send makes the request.
func (c *Client) send(ctx context.Context, r call) ingest.Exchange {
	var raw []byte
	if r.body != nil {
		raw, _ = json.Marshal(r.body) // of strings: never fails
	}
	req, err := http.NewRequestWithContext(ctx, r.method, r.address, bytes.NewReader(raw))
	if err != nil { // the error holds the address
		return ingest.Exchange{Method: r.method, Err: fmt.Errorf("%w: its address makes no sense", ingest.ErrUnreachable)}
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	x := c.http.Do(req)
	c.noteThrottle(x)
	return x
}

// read makes one GET, and again with another token if the first one is refused.
func (c *Client) read(ctx context.Context, address string, query url.Values) (object, error) {
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	token, err := c.tokens.Token(ctx)
	if err != nil {
		return nil, err
	}
	o, err := c.get(ctx, token, address)
	if codeOf(err) != unauthenticated {
		return o, err
	}
	if token, err = c.tokens.Refused(ctx, token); err != nil {
		return nil, err
	}
	return c.get(ctx, token, address)
}

func (c *Client) get(ctx context.Context, token, address string) (object, error) {
	x := c.send(ctx, call{token: token, method: http.MethodGet, address: address})
	o := objectOf(x.Body)
	if err := c.readError(x, o); err != nil {
		return nil, err
	}
	return o, nil
}

// noteThrottle notes until when Google grants nothing.
func (c *Client) noteThrottle(x ingest.Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case x.Status == http.StatusTooManyRequests:
		c.throttle = c.now().Add(waitFor(x, failureOf(objectOf(x.Body), x.Status), c.now()))
	case x.OK():
		c.throttle = time.Time{}
	}
}

// Meter implements ingest.Metered. Google reports no use but its end.
func (c *Client) Meter() ingest.Meter {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := ingest.Meter{Calls: c.http.Calls(), Skew: c.http.Skew()}
	if c.throttle.After(c.now()) {
		m.Used, m.Reset = 100, c.throttle
	}
	return m
}
