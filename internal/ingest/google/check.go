package google

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"triage/internal/ingest"
)

// Scope is the permission that everything here needs.
const Scope = "https://www.googleapis.com/auth/business.manage"

// Check looks whether the account can work: the connected Google account sees the
// Business Profile account, that holds the location, and its reviews can be read.
// It changes nothing. What a later check would need and an earlier one lacks is
// not looked at.
func (c *Client) Check(ctx context.Context) []ingest.Finding {
	kind, err := c.accountType(ctx)
	switch {
	case err != nil:
		return []ingest.Finding{{What: "the Business Profile accounts cannot be listed: " + err.Error(), Mend: mend(err)}}
	case kind == "":
		return []ingest.Finding{{
			What: "the connected Google account does not see the Business Profile account that is configured",
			Mend: "correct account in the configuration, or connect the Google account that manages the Business Profile",
		}}
	}
	out := []ingest.Finding{{OK: true, What: "the connected Google account sees the Business Profile account, which is " + kind}}
	found, err := c.hasLocation(ctx)
	switch {
	case err != nil:
		return append(out, ingest.Finding{What: "the account's locations cannot be listed: " + err.Error(), Mend: mend(err)})
	case !found:
		return append(out, ingest.Finding{
			What: "the configured location is not one of this account's",
			Mend: "correct location in the configuration, or let an owner of the Business Profile make the Google account a manager",
		})
	}
	out = append(out, ingest.Finding{OK: true, What: "the location is one of the account's"})
	if err := c.canRead(ctx); err != nil {
		return append(out, ingest.Finding{What: "the location's reviews cannot be read: " + err.Error(), Mend: mend(err)})
	}
	return append(out, ingest.Finding{OK: true, What: "the location's reviews can be read"})
}

// accountTypes are Google's kinds of accounts. A personal one is usual for a
// single practice: what counts is that it holds the location.
var accountTypes = map[string]string{
	"PERSONAL": "a personal one, as is usual for a single practice", "LOCATION_GROUP": "a group of locations",
	"USER_GROUP": "a group of users", "ORGANIZATION": "an organization's",
}

// accountType words the kind of the configured account; empty: it is not listed.
func (c *Client) accountType(ctx context.Context) (kind string, err error) {
	err = c.entries(ctx, listing{c.cfg.AccountsURL + "/v1/accounts", "accounts", url.Values{"pageSize": {"20"}}}, func(o object) bool {
		if o.text("name") != c.cfg.Account {
			return false
		}
		if kind = accountTypes[o.text("type")]; kind == "" {
			kind = "of a kind that Google does not tell"
		}
		return true
	})
	return kind, err
}

func (c *Client) hasLocation(ctx context.Context) (found bool, err error) {
	l := listing{c.cfg.LocationsURL + "/v1/" + c.cfg.Account + "/locations", "locations", url.Values{"pageSize": {"100"}, "readMask": {"name,title"}}}
	err = c.entries(ctx, l, func(o object) bool {
		found = o.text("name") == c.cfg.Location || strings.HasSuffix(o.text("name"), "/"+c.cfg.Location)
		return found
	})
	return found, err
}

// canRead reads one review at most.
func (c *Client) canRead(ctx context.Context) error {
	o, err := c.read(ctx, c.cfg.BaseURL+"/v4/"+c.parent()+"/reviews", url.Values{"pageSize": {"1"}})
	if err != nil {
		return err
	}
	if _, ok := reviewsIn(o); !ok {
		return senseless(0)
	}
	return nil
}

// listing is a list of the v1 APIs: where it is, the member that holds it, and
// what it is asked with.
type listing struct {
	address, member string
	query           url.Values
}

const maxListPages = 100

// entries visits the entries of a list until visit has found what it looks for.
func (c *Client) entries(ctx context.Context, l listing, visit func(object) bool) error {
	for range maxListPages {
		o, err := c.read(ctx, l.address, l.query)
		if err != nil {
			return err
		}
		items, ok := o.list(l.member)
		if !ok {
			return senseless(0)
		}
		for _, item := range items {
			if visit(item) {
				return nil
			}
		}
		next := o.text("nextPageToken")
		if next == "" {
			return nil
		}
		l.query.Set("pageToken", next)
	}
	return senseless(0)
}

// mend says what to do about a failed read.
func mend(err error) string {
	var e *ingest.ReadError
	if !errors.As(err, &e) {
		return "check again"
	}
	switch {
	case e.Kind == ingest.Dead:
		return "connect the account again with triage connect google"
	case strings.HasSuffix(e.Code, noQuota):
		return "apply for access to the Business Profile APIs: Google grants no calls before that"
	case strings.HasSuffix(e.Code, noAPI):
		return "switch on the My Business, Account Management and Business Information APIs in the app's Google Cloud project"
	case e.Kind == ingest.Forbidden:
		return "let an owner of the Business Profile make the Google account a manager, verify the location, and connect the account with the permission business.manage"
	case e.Kind == ingest.Throttled:
		return "wait and check again later"
	case e.Kind == ingest.Temporary:
		return "check this machine's network, then try again"
	default:
		return "check base_url, account and location"
	}
}

// Permit implements ingest.Permitted. When the connection itself ends is known to
// what renews the token, if anybody knows it.
func (c *Client) Permit(ctx context.Context) (p ingest.Permit, err error) {
	err = c.canRead(ctx)
	var e *ingest.ReadError
	if errors.As(err, &e) && strings.HasSuffix(e.Code, noScope) {
		p.Lacks, err = []string{"business.manage"}, nil
	}
	if err != nil {
		return p, err
	}
	if t, ok := c.tokens.(ingest.Permitted); ok {
		known, err := t.Permit(ctx)
		p.Expires = known.Expires
		return p, err
	}
	return p, nil
}
