package wordpress

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"triage/internal/ingest"
)

// maxReply is how many bytes WordPress stores of a comment.
const maxReply = 65525

// escaper makes a text say in HTML what it says: WordPress takes what looks like
// a tag for one.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Capabilities says that on WordPress nothing is private.
func (c *Client) Capabilities() ingest.Capabilities {
	return ingest.Capabilities{
		Actions:  []ingest.ActionKind{ingest.Reply, ingest.Hide, ingest.TakeDown},
		MaxReply: maxReply,
		Display:  ingest.Display{Note: "WordPress makes straight quotation marks curly and addresses pressable."},
		Length:   func(text string) int { return len(escaper.Replace(text)) }, Name: "WordPress",
		HideNote: "On WordPress the comment is held: nobody but the practice sees it, save in what was mailed or fetched before.",
	}
}

// Act reads the comment, for WordPress takes replies to what is gone and forgets
// who wrote what it hides; then it makes one request that changes something, or
// none.
func (c *Client) Act(ctx context.Context, a ingest.Action) ingest.Outcome {
	if !idPattern.MatchString(a.Item) || a.Kind == ingest.Reply && strings.TrimSpace(a.Text) == "" {
		return ingest.Outcome{Result: ingest.Refused, Why: "there was nothing to send or nothing to send it to; report this to whoever looks after triage"}
	}
	me, err := c.me(ctx)
	if err != nil {
		return unread(err)
	}
	switch a.Kind {
	case ingest.Reply:
		return c.reply(ctx, a)
	case ingest.Hide:
		return c.hide(ctx, a.Item)
	case ingest.TakeDown:
		return c.takeDown(ctx, a.Item, me)
	default:
		return ingest.Outcome{Result: ingest.Refused, Why: "this cannot be done on WordPress; do it by hand, or answer in public"}
	}
}

// reply answers a comment that is there.
func (c *Client) reply(ctx context.Context, a ingest.Action) ingest.Outcome {
	to, err := c.find(ctx, a.Item, "post")
	switch {
	case err != nil:
		return unread(err)
	case trashed(to), to.id("post") == "":
		return ingest.Outcome{Result: ingest.Refused, Why: gone.why}
	case hidden(to):
		return ingest.Outcome{Result: ingest.Refused, Why: offstage.why}
	}
	post := to.id("post")
	x, o := c.write(ctx, request{method: http.MethodPost, route: "wp/v2/comments",
		body: map[string]any{"post": number(post), "parent": number(a.Item), "content": escaper.Replace(a.Text)}})
	if !x.OK() || o.id("id") == "" || o.id("parent") != a.Item || o.id("post") != post {
		return c.outcome(x, o)
	}
	return ingest.Outcome{Result: ingest.Done, Item: o.id("id"), Standing: standing(o)}
}

// hide takes a comment out of sight. What WordPress knows of who wrote it is sent
// along, for otherwise it would note our own address and program in its place.
func (c *Client) hide(ctx context.Context, item string) ingest.Outcome {
	o, err := c.find(ctx, item, "author_ip,author_user_agent")
	switch {
	case err != nil:
		return unread(err)
	case trashed(o):
		return ingest.Outcome{Result: ingest.Refused, Why: gone.why}
	case hidden(o):
		return ingest.Outcome{Result: ingest.Done, Item: item}
	}
	r := request{method: http.MethodPost, route: "wp/v2/comments/" + item,
		body: map[string]any{"status": held, "author_ip": address(o.text("author_ip"))}}
	if agent := o.text("author_user_agent"); agent != "" {
		r.body["author_user_agent"] = agent
	} else {
		r.nameless = true
	}
	x, o := c.write(ctx, r)
	switch {
	case !x.OK() || o.id("id") != item:
		return c.outcome(x, o)
	case o.text("status") != held:
		return ingest.Outcome{Result: ingest.Refused, Why: "WordPress answered and yet shows the comment; hide it by hand in WordPress under Comments"}
	}
	return ingest.Outcome{Result: ingest.Done, Item: item}
}

// address is the first of the addresses that a commenter came from, or where
// none is known the one that WordPress itself puts for nobody's: it takes no
// other.
func address(from string) string {
	for _, one := range strings.FieldsFunc(from, func(r rune) bool { return r == ',' || r == ' ' }) {
		if net.ParseIP(one) != nil {
			return one
		}
	}
	return "0.0.0.0"
}

// takeDown puts a comment of the practice into the trash, never another's.
func (c *Client) takeDown(ctx context.Context, item string, me user) ingest.Outcome {
	o, err := c.find(ctx, item, "author")
	switch {
	case isGone(err), err == nil && trashed(o):
		return ingest.Outcome{Result: ingest.Done, Item: item}
	case err != nil:
		return unread(err)
	case !c.own(o, me):
		return ingest.Outcome{Result: ingest.Refused, Why: "this comment was not written by the practice's users, so triage does not delete it; look at it in WordPress under Comments"}
	}
	x, o := c.write(ctx, request{method: http.MethodDelete, route: "wp/v2/comments/" + item, query: url.Values{"force": {"false"}}})
	if x.OK() && (o.id("id") == item && trashed(o) || o.flag("deleted")) {
		return ingest.Outcome{Result: ingest.Done, Item: item}
	}
	out := c.outcome(x, o)
	if rules[out.Code] == gone {
		out.Result = ingest.Done
	}
	return out
}

// write makes the one request that changes something. The API was just read, so
// it is known where it is.
func (c *Client) write(ctx context.Context, r request) (ingest.Exchange, object) {
	x, err := c.send(ctx, r)
	if err != nil {
		return ingest.Exchange{Err: err}, nil // and nothing was sent
	}
	return x, objectOf(x.Body)
}
