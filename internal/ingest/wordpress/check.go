package wordpress

import (
	"context"
	"net/url"
	"strings"

	"triage/internal/ingest"
)

// Check looks whether the account can work: the site is the configured one, the
// password is taken, its user may moderate, and what waits for approval can be
// read. It changes nothing. What a later check would need and an earlier one
// lacks is not looked at.
func (c *Client) Check(ctx context.Context) []ingest.Finding {
	index, err := c.one(ctx, "", url.Values{"_fields": {"url,home,authentication"}})
	switch {
	case err != nil:
		return []ingest.Finding{finding("the site's REST API does not answer", err)}
	case !index.has("url") && !index.has("home"):
		return []ingest.Finding{{What: "what answers there is no WordPress", Mend: "check site in the configuration"}}
	case !c.same(index.text("home")) && !c.same(index.text("url")):
		return []ingest.Finding{{
			What: "the site calls itself by another address than the configured one",
			Mend: "put into site the address that WordPress shows under Settings, General as Site Address",
		}}
	}
	out := []ingest.Finding{{OK: true, What: "the site is the configured WordPress"}}
	if c.site.Scheme == "http" {
		out = append(out, ingest.Finding{OK: true, What: "the site is asked over plain http, which is for rehearsals on this machine only"})
	}
	return append(out, c.checkUser(ctx, index.object("authentication").has("application-passwords"))...)
}

// checkUser looks at what the password is good for. offered: the site says that
// it takes application passwords.
func (c *Client) checkUser(ctx context.Context, offered bool) []ingest.Finding {
	_, err := c.whoami(ctx)
	switch {
	case readErrorOf(err).Kind == ingest.Dead && !offered:
		return []ingest.Finding{{
			What: "the site takes no application passwords",
			Mend: "switch them on in the security plugin that switched them off, or have the site served over https so that WordPress itself knows of it",
		}}
	case err != nil:
		return []ingest.Finding{finding("the user's rights cannot be read", err)}
	}
	out := []ingest.Finding{{OK: true, What: "the application password is taken, and its user may moderate comments"}}
	if _, err := c.page(ctx, list{status: held, size: 1}.asked(1)); err != nil {
		return append(out, finding("comments that wait for approval cannot be read", err))
	}
	return append(out, ingest.Finding{OK: true, What: "comments can be read, also those that wait for approval"})
}

// same reports whether an address is the configured one, whatever its scheme.
func (c *Client) same(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, c.site.Host) &&
		strings.TrimRight(u.Path, "/") == strings.TrimRight(c.site.Path, "/")
}

// finding says what a failed read means, and what to do about it.
func finding(what string, err error) ingest.Finding {
	switch e := readErrorOf(err); e.Kind {
	case ingest.Dead:
		return ingest.Finding{What: "the application password is not taken: WordPress takes us for a visitor",
			Mend: "in WordPress open Users, the user, Application Passwords, and make a new one; if that is not taken either, have the web server hand on the Authorization header (on Apache: CGIPassAuth On)"}
	case ingest.Forbidden:
		return ingest.Finding{What: "the user may not moderate comments", Mend: "give the user the role Editor in WordPress under Users"}
	case ingest.Throttled:
		return ingest.Finding{What: what + ": " + e.Error(), Mend: "wait and check again later"}
	case ingest.Temporary:
		return ingest.Finding{What: what + ": " + e.Error(), Mend: "check this machine's network and whether the site is up, then try again"}
	default:
		return ingest.Finding{What: what + ": " + err.Error(),
			Mend: "check site in the configuration, and whether a security plugin or a proxy keeps the REST API from answering"}
	}
}

// Permit implements ingest.Permitted. Application passwords do not end by time.
func (c *Client) Permit(ctx context.Context) (ingest.Permit, error) {
	u, err := c.whoami(ctx)
	if u.id != "" && !u.moderates {
		return ingest.Permit{Lacks: []string{"moderate_comments"}}, nil
	}
	return ingest.Permit{}, err
}
