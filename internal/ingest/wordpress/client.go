package wordpress

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

// Platform is the platform's name in comments.
const Platform = "wordpress"

// agent is how we name ourselves; it stands beside what we publish.
const agent = "triage"

// Options are what a Client is given besides its section.
type Options struct {
	// HTTP brings the transport; nil means Go's default one.
	HTTP *http.Client
	Log  *zap.Logger
	// Account is the name of the account in the configuration.
	Account string
	// Names makes the ids of authors: see AuthorID.
	Names ingest.Namer
	// Now is the clock; nil means the machine's.
	Now func() time.Time
}

// Client reads and acts for one site. It may be used concurrently.
type Client struct {
	cfg     Config
	site    *url.URL
	http    *ingest.HTTP
	log     *zap.Logger
	account string
	names   ingest.Namer
	now     func() time.Time

	mu     sync.Mutex
	root   *root             // nil: not found yet
	user   *user             // nil: not asked yet
	titles map[string]string // by post
	whole  []string          // posts under which the last sweep read everything
}

var (
	_ ingest.Source    = (*Client)(nil)
	_ ingest.Peeker    = (*Client)(nil)
	_ ingest.Metered   = (*Client)(nil)
	_ ingest.Whole     = (*Client)(nil)
	_ ingest.Account   = (*Client)(nil)
	_ ingest.Actor     = (*Client)(nil)
	_ ingest.Permitted = (*Client)(nil)
)

// New makes the client of a site. cfg.Password must hold the password by now.
func New(cfg Config, opt Options) (*Client, error) {
	cfg = cfg.filled()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Password == "" {
		return nil, errors.New("the application password is missing: set password or password_file")
	}
	site, err := url.Parse(cfg.Site)
	if err != nil {
		return nil, errors.New("site is no address")
	}
	if opt.Log == nil {
		opt.Log = zap.NewNop()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Client{
		cfg: cfg, site: site, http: ingest.NewHTTP(opt.HTTP), account: opt.Account, names: opt.Names, now: opt.Now,
		log:    opt.Log.With(zap.String("account", opt.Account)),
		titles: map[string]string{},
	}, nil
}

// Meter implements ingest.Metered. WordPress itself sets no limit.
func (c *Client) Meter() ingest.Meter {
	return ingest.Meter{Calls: c.http.Calls(), Skew: c.http.Skew()}
}

// request is one call of the API.
type request struct {
	method, route string
	query         url.Values
	body          map[string]any // sent as JSON; nil: nothing is
	nameless      bool           // we do not name ourselves
}

// send makes one request with the password. It returns an error, and sends
// nothing, where it is not known where the API is.
func (c *Client) send(ctx context.Context, r request) (ingest.Exchange, error) {
	root, err := c.findRoot(ctx)
	if err != nil {
		return ingest.Exchange{}, err
	}
	var body bytes.Buffer
	if r.body != nil {
		if err := json.NewEncoder(&body).Encode(r.body); err != nil {
			return ingest.Exchange{}, fmt.Errorf("encode: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, root.address(r.route, r.query), &body)
	if err != nil {
		return ingest.Exchange{}, errors.New("the request cannot be made")
	}
	req.SetBasicAuth(c.cfg.User, c.cfg.Password)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", agent)
	if r.nameless {
		req.Header.Set("User-Agent", "")
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.http.Do(req), nil
}

// get makes one GET and gives the answer, which is no failure. After one that
// says we are not logged in, we ask who we are: that tells a wrong password.
func (c *Client) get(ctx context.Context, route string, query url.Values) (ingest.Exchange, error) {
	x, err := c.send(ctx, request{method: http.MethodGet, route: route, query: query})
	if err != nil {
		return x, err
	}
	f := failureOf(objectOf(x.Body))
	if x.OK() && !f.json {
		return x, nil
	}
	failed := c.readError(x, f)
	switch {
	case x.Err != nil:
	case !f.json, f.code == "rest_no_route":
		c.forgetRoot()
	case x.Status == http.StatusUnauthorized && f.json:
		if _, err := c.whoami(ctx); err != nil {
			return x, err
		}
		failed.Kind, failed.Why = ingest.Forbidden, forbidden.why
	}
	return x, failed
}

// one reads one object.
func (c *Client) one(ctx context.Context, route string, query url.Values) (object, error) {
	x, err := c.get(ctx, route, query)
	if err != nil {
		return nil, err
	}
	o := objectOf(x.Body)
	if o == nil {
		return nil, c.nonsense(x.Status)
	}
	return o, nil
}

// nonsense is the error of an answer that is not WordPress' at all: the API may
// have moved, so its root is looked for again.
func (c *Client) nonsense(status int) error {
	c.forgetRoot()
	return senseless(status)
}
