package wordpress

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"triage/internal/ingest"
)

// root is where the REST API of a site answers.
type root struct {
	at url.URL
	// plain: routes are a parameter, as where permalinks are; otherwise a path.
	plain bool
}

// address is that of a route below the root, such as "wp/v2/comments".
func (r *root) address(route string, query url.Values) string {
	u, q := r.at, r.at.Query()
	for name, values := range query {
		q[name] = values
	}
	if r.plain {
		q.Set("rest_route", "/"+route)
	} else {
		u.Path = strings.TrimRight(u.Path, "/") + "/" + route
	}
	u.RawQuery = q.Encode()
	return u.String()
}

var linkPattern = regexp.MustCompile(`<([^<>]*)>([^<]*)`)

// findRoot gives the API's root. A site names it in a header of its pages; one
// that does not, or names one elsewhere, is asked with the parameter that every
// WordPress knows.
func (c *Client) findRoot(ctx context.Context) (*root, error) {
	c.mu.Lock()
	known := c.root
	c.mu.Unlock()
	if known != nil {
		return known, nil
	}
	page := *c.site
	page.Path += "/"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page.String(), nil)
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	req.Header.Set("User-Agent", agent)
	x := c.http.Do(req)
	if x.Status == 0 { // of a page that breaks off, the header is enough
		return nil, x.ReadError(c.now())
	}
	found := &root{at: page, plain: true}
	for _, line := range x.Header.Values("Link") {
		for _, m := range linkPattern.FindAllStringSubmatch(line, -1) {
			if strings.Contains(m[2], "https://api.w.org/") {
				found = c.rootAt(m[1], found)
			}
		}
	}
	c.mu.Lock()
	c.root = found
	c.mu.Unlock()
	return found, nil
}

// rootAt reads the address that a site gives of its API. The password goes only
// to the host that was configured: of the address, path and query are believed.
func (c *Client) rootAt(address string, otherwise *root) *root {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Hostname(), c.site.Hostname()) || u.Opaque != "" {
		return otherwise
	}
	at := *c.site
	at.Path, at.RawPath = u.Path, ""
	query := u.Query()
	found := &root{plain: query.Has("rest_route")}
	query.Del("rest_route")
	at.RawQuery = query.Encode()
	found.at = at
	return found
}

// forgetRoot has the root looked for again: the site was changed.
func (c *Client) forgetRoot() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.root = nil
}

// user is who we are on the site.
type user struct {
	id        string
	moderates bool // may moderate comments
}

// me tells who we are, as far as it is known without asking.
func (c *Client) me(ctx context.Context) (user, error) {
	c.mu.Lock()
	known := c.user
	c.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	return c.whoami(ctx)
}

// whoami asks the site who we are. An error of kind Dead says that we are
// nobody, one of kind Forbidden that we may not moderate comments.
func (c *Client) whoami(ctx context.Context) (user, error) {
	c.mu.Lock()
	c.user = nil
	c.mu.Unlock()
	query := url.Values{"context": {"edit"}, "_fields": {"id,capabilities"}}
	x, err := c.send(ctx, request{method: http.MethodGet, route: "wp/v2/users/me", query: query})
	if err != nil {
		return user{}, err
	}
	o := objectOf(x.Body)
	f := failureOf(o)
	switch {
	case !x.OK() || f.json:
		if !f.json || f.code == "rest_no_route" {
			c.forgetRoot()
		}
		return user{}, c.readError(x, f)
	case o.id("id") == "":
		return user{}, c.nonsense(x.Status)
	}
	u := user{id: o.id("id"), moderates: o.object("capabilities").flag("moderate_comments")}
	if !u.moderates {
		return u, &ingest.ReadError{Kind: ingest.Forbidden, Why: forbidden.why}
	}
	c.mu.Lock()
	c.user = &u
	c.mu.Unlock()
	return u, nil
}

// own reports whether the practice wrote a comment: we, or one of the staff.
func (c *Client) own(o object, me user) bool {
	author := o.id("author")
	if author == "" {
		return false
	}
	for _, id := range c.authors(me) {
		if id == author {
			return true
		}
	}
	return false
}

// authors are the users who write for the practice.
func (c *Client) authors(me user) []string { return append([]string{me.id}, c.cfg.Staff...) }
