package facebook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	fb "github.com/huandu/facebook/v2"
	"go.uber.org/zap"

	"triage/internal/ingest"
)

// Platform is the platform's name in comments.
const Platform = "facebook"

// Options are what a Client is given besides its section.
type Options struct {
	// HTTP brings the transport; nil means Go's default one.
	HTTP *http.Client
	Log  *zap.Logger
	// Account is the name of the account in the configuration.
	Account string
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

// Client reads and acts for one Page. It may be used concurrently.
type Client struct {
	cfg     Config
	http    *ingest.HTTP
	log     *zap.Logger
	account string
	now     func() time.Time

	usage atomic.Int64

	mu      sync.Mutex
	refused map[string]time.Time // lists we may not read, and since when
	whole   []string             // posts that the last sweep read to their end
}

var (
	_ ingest.Source  = (*Client)(nil)
	_ ingest.Whole   = (*Client)(nil)
	_ ingest.Account = (*Client)(nil)
	_ ingest.Actor   = (*Client)(nil)
)

// New makes the client of a Page. cfg.Token must hold the token by now.
func New(cfg Config, opt Options) (*Client, error) {
	cfg = cfg.filled()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if strings.TrimSpace(cfg.Token) == "" {
		return nil, errors.New("the Page's token is missing: set token or token_file")
	}
	cfg.Token, cfg.AppSecret = strings.TrimSpace(cfg.Token), strings.TrimSpace(cfg.AppSecret)
	cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/") + "/"
	if opt.Log == nil {
		opt.Log = zap.NewNop()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Client{
		cfg: cfg, http: ingest.NewHTTP(opt.HTTP), account: opt.Account, now: opt.Now,
		log:     opt.Log.With(zap.String("account", opt.Account)),
		refused: map[string]time.Time{},
	}, nil
}

// params are the parameters of one call.
type params map[string]any

// call makes one request. Session and parameters are made anew for each: the
// library writes the token into the parameters it is given, and its sessions
// are not for sharing. The token travels in a header, never in an address.
func (c *Client) call(ctx context.Context, method fb.Method, path string, p params) ingest.Exchange {
	carry := &carrier{http: c.http}
	session := fb.New("", c.cfg.AppSecret).Session(c.cfg.Token).WithContext(ctx)
	session.HttpClient, session.BaseURL, session.Version = carry, c.cfg.BaseURL, c.cfg.Version
	session.UseAuthorizationHeader()
	if c.cfg.AppSecret != "" {
		_ = session.EnableAppsecretProof(true) // fails without an app only
	}
	fresh := fb.Params{}
	for k, v := range p {
		fresh[k] = v
	}
	// The library's own verdict is unsafe in both directions: see errors.go.
	_, _ = session.Api(path, method, fresh)
	if percent, ok := usagePercent(carry.got.Header); ok {
		c.usage.Store(int64(percent))
	}
	return carry.got
}

// Usage is how much of the calls that Meta grants were used up when it last
// answered, in percent.
func (c *Client) Usage() int { return int(c.usage.Load()) }

// carrier stands between the library and the network: it records the answer
// and shows the library an empty object, so that nothing a server sends is
// parsed twice, grows twice in memory or reaches code that we did not harden.
type carrier struct {
	http *ingest.HTTP
	got  ingest.Exchange
}

// Do sends the library's request.
func (c *carrier) Do(req *http.Request) (*http.Response, error) {
	c.got = c.http.Do(req)
	if c.got.Err != nil {
		return nil, c.got.Err
	}
	return &http.Response{StatusCode: c.got.Status, Header: c.got.Header, Request: req, Body: io.NopCloser(bytes.NewReader([]byte("{}")))}, nil
}

// Get is part of the library's interface and never called by it.
func (c *carrier) Get(string) (*http.Response, error) { return nil, errUnused }

// Post is part of the library's interface and never called by it.
func (c *carrier) Post(string, string, io.Reader) (*http.Response, error) { return nil, errUnused }

var errUnused = errors.New("only Do is used")
