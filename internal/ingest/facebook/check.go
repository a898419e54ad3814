package facebook

import (
	"context"
	"strings"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

// Check looks whether the account can work: the token is valid, a Page's and
// this Page's, and the feed can be read; and tells which other lists cannot. It
// changes nothing. What a later check would need and an earlier one lacks is not
// looked at.
func (c *Client) Check(ctx context.Context) []ingest.Finding {
	me, err := c.api.Read(ctx, "me", graph.Params{"fields": pageFields})
	switch {
	case graph.Wrong(err):
		return []ingest.Finding{{
			What: "the token belongs to a person and not to a Page (code " + graph.CodeOf(err) + ")",
			Mend: "use the Page's own token: GET /me/accounts with this one lists it; if it is the Page's own, check app_secret",
		}}
	case err != nil:
		return []ingest.Finding{{What: err.Error(), Mend: mend(err)}}
	case !me.Has("category"):
		return []ingest.Finding{{What: "the token is not a Page's", Mend: "use the Page's own token, from GET /me/accounts"}}
	}
	out := []ingest.Finding{{OK: true, What: "the token is valid and belongs to a Page"}}
	if me.Text("id") != c.cfg.Page {
		return append(out, ingest.Finding{
			What: "the token belongs to another Page than the configured one",
			Mend: "correct page in the configuration, or use the token of that Page",
		})
	}
	out = append(out, ingest.Finding{OK: true, What: "the token is that of the configured Page"})
	feed := c.checkFeed(ctx)
	if out = append(out, feed); feed.OK {
		out = append(out, c.leftOut(ctx)...)
	}
	return out
}

// leftOut tells what may not be read besides the feed. The account works without.
func (c *Client) leftOut(ctx context.Context) (out []ingest.Finding) {
	for _, list := range others {
		if _, err := c.api.Read(ctx, c.cfg.Page+"/"+list.name, graph.Params{"fields": "id", "limit": 1}); optional(err) {
			out = append(out, ingest.Finding{OK: true, What: "comments on " + list.has + " may not be read and are left out (code " + graph.CodeOf(err) + ")",
				Mend: "if the Page has any: let somebody with full control of the Page and its advertisements connect it"})
		}
	}
	return out
}

func (c *Client) checkFeed(ctx context.Context) ingest.Finding {
	o, err := c.api.Read(ctx, c.cfg.Page+"/feed", graph.Params{"fields": checkFields, "limit": 1})
	if err != nil {
		return ingest.Finding{What: "the Page's posts and comments cannot be read: " + err.Error(), Mend: mend(err)}
	}
	if _, ok := graph.PageOf(o); !ok {
		return ingest.Finding{What: "the list of the Page's posts makes no sense", Mend: "check base_url and version"}
	}
	return ingest.Finding{OK: true, What: "the Page's posts and comments can be read"}
}

// mend says what to do about a failed read.
func mend(err error) string {
	switch graph.KindOf(err) {
	case ingest.Dead:
		return "connect the Page again, or put a new Page token into token_file and start the service anew"
	case ingest.Forbidden:
		return "grant the token " + strings.Join(Permissions(), ", ") + ", and its person the tasks MODERATE and MESSAGING"
	case ingest.Throttled:
		return "wait and check again later"
	case ingest.Temporary:
		return "check this machine's network, then try again"
	default:
		return "check base_url and version"
	}
}
