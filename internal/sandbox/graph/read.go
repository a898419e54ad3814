package graph

import (
	"triage/internal/sandbox/board"

	"fmt"
	"hash/fnv"
	"net/http"
	"sort"
	"strings"
	"time"
)

const (
	pageCategory = "Family Medicine Practice"
	privateReply = 7 * 24 * time.Hour // how long a comment can be answered privately
	reverse      = "reverse_chronological"
)

// page answers for the Page itself and its lists of posts.
func (c *call) page() (any, *graphError) {
	if len(c.path) == 2 && c.path[1] == "messages" && c.method == http.MethodPost {
		return c.sendMessage()
	}
	if c.method != http.MethodGet || len(c.path) > 2 {
		return nil, failed(100, 0, "(#100) Unsupported %s request", strings.ToLower(c.method))
	}
	fields, err := parseFields(c.args["fields"])
	if err != nil {
		return nil, err
	}
	if len(c.path) == 2 {
		return c.posts(c.path[1], fields)
	}
	return c.pageNode(fields)
}

func (c *call) pageNode(fields []field) (any, *graphError) {
	known := map[string]any{"id": c.opt.PageID, "name": c.opt.PageName, "category": pageCategory,
		"link": "https://www.facebook.com/" + c.opt.PageID, "access_token": c.opt.Token}
	out := map[string]any{"id": c.opt.PageID}
	if len(fields) == 0 {
		out["name"] = c.opt.PageName
	}
	for _, f := range fields {
		v, ok := known[f.name]
		if !ok {
			return nil, errField(f.name, "Page")
		}
		out[f.name] = v
	}
	return out, nil
}

// posts answers for the lists of posts, newest first. Advertisements are in
// none but their own.
func (c *call) posts(edge string, fields []field) (any, *graphError) {
	kinds, ok := map[string]string{
		"feed":            board.PagePost + " " + board.VisitorPost,
		"published_posts": board.PagePost,
		"posts":           board.PagePost,
		"visitor_posts":   board.VisitorPost,
		"ads_posts":       board.DarkPost,
		"tagged":          "none",
	}[edge]
	if !ok {
		return nil, errField(edge, "Page")
	}
	var slots []*board.Item
	for _, it := range c.board.Items {
		if it.Platform == "facebook" && it.Kind != "" && strings.Contains(kinds, it.Kind) && c.args.within(it.Created) {
			slots = append(slots, it)
		}
	}
	sort.SliceStable(slots, func(i, j int) bool { return slots[j].Created.Before(slots[i].Created) })
	return c.edge(slots, c.opt.PageID+"/"+edge, c.args, fields)
}

// node answers for a post or a comment and its comments.
func (c *call) node(id string) (any, *graphError) {
	it := c.board.ByID[id]
	if c.board.Gone(it) || it.Platform != "facebook" || c.kind != pageToken && it.Kind == "" {
		return nil, errMissing(id)
	}
	if c.method != http.MethodGet {
		return c.change(it)
	}
	fields, err := parseFields(c.args["fields"])
	if err != nil {
		return nil, err
	}
	if len(c.path) == 2 {
		return c.comments(it, c.args, fields)
	}
	return c.render(it, fields)
}

// several answers GET /?ids=: all of them or an error.
func (c *call) several() (any, *graphError) {
	out := map[string]any{}
	for _, id := range strings.Split(c.args["ids"], ",") {
		c.path = []string{strings.TrimSpace(id)}
		one, err := c.node(c.path[0])
		if err != nil {
			return nil, err
		}
		out[c.path[0]] = one
	}
	return out, nil
}

// comments answers for the comments of a post or the replies to a comment.
// Everything below a comment is one level: a reply to a reply stands under the
// top one. A person's token sees none.
func (c *call) comments(under *board.Item, a args, fields []field) (map[string]any, *graphError) {
	var slots []*board.Item
	for _, it := range c.board.Items {
		mine := it.Post == under.ID && (a["filter"] == "stream" || it.Parent == "") || it.Root == under.ID
		if it.Kind == "" && mine && a.within(it.Created) && c.kind == pageToken {
			slots = append(slots, it)
		}
	}
	order := a["order"]
	sort.SliceStable(slots, func(i, j int) bool {
		if order == reverse {
			i, j = j, i
		}
		return slots[i].Created.Before(slots[j].Created)
	})
	if order == "" {
		order = "chronological"
	}
	out, err := c.edge(slots, under.ID+"/comments", a, fields)
	if err == nil && (a["summary"] == "true" || a["summary"] == "1") {
		out["summary"] = map[string]any{"order": order, "total_count": len(slots), "can_comment": true}
	}
	return out, err
}

// render gives the asked fields of a post or comment.
func (c *call) render(it *board.Item, fields []field) (map[string]any, *graphError) {
	if len(fields) == 0 {
		fields = []field{{name: "created_time"}, {name: "message"}}
		if it.Kind == "" {
			fields = append(fields, field{name: "from"})
		}
	}
	out := map[string]any{"id": it.ID}
	for _, f := range fields {
		v, err := c.field(it, f)
		if err != nil {
			return nil, err
		}
		if object, ok := v.(map[string]any); ok && f.name != "comments" {
			v = pick(object, f.sub)
		}
		if v != nil {
			out[f.name] = v
		}
	}
	return out, nil
}

// field gives one field; nil when the object does not have it.
func (c *call) field(it *board.Item, f field) (any, *graphError) {
	if f.name == "comments" {
		return c.expand(it, f)
	}
	if v, ok := c.common(it, f.name); ok {
		return v, nil
	}
	if it.Kind != "" {
		return c.postField(it, f.name)
	}
	return c.commentField(it, f)
}

// expand gives the comments inside their post or comment; none: no key.
func (c *call) expand(it *board.Item, f field) (any, *graphError) {
	a := args{}
	for k, v := range f.args {
		a[k] = v
	}
	if f.text != "" {
		a["fields"] = f.text
	}
	out, err := c.comments(it, a, f.sub)
	if err != nil || out["paging"] == nil && out["summary"] == nil {
		return nil, err
	}
	return out, nil
}

// common are the fields that posts and comments share.
func (c *call) common(it *board.Item, name string) (any, bool) {
	switch name {
	case "id":
		return it.ID, true
	case "message":
		if it.Kind != "" && it.Text == "" {
			return nil, true
		}
		return it.Text, true
	case "created_time":
		return it.Created.Format(graphTime), true
	case "is_hidden":
		return it.Hidden, true
	case "can_reply_privately":
		return c.canPrivate(it), true
	case "from":
		return c.from(it), true
	case "admin_creator":
		if it.Own && c.kind == pageToken {
			return map[string]any{"id": "9", "name": "Robin Manager"}, true
		}
		return nil, true
	case "application", "message_tags":
		return nil, true
	case "permalink_url":
		return c.link(it), true
	}
	return nil, false
}

func (c *call) from(it *board.Item) any {
	switch {
	case it.Own:
		return map[string]any{"id": c.opt.PageID, "name": c.opt.PageName}
	case it.Author == "" || c.kind != pageToken:
		return nil
	default:
		return map[string]any{"id": personID(it.Author), "name": it.Author}
	}
}

// personID is the id under which the Page, and only it, knows a person.
func personID(name string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return fmt.Sprintf("73%014d", h.Sum64()%100_000_000_000_000)
}

func (c *call) link(it *board.Item) string {
	post := it.ID
	if it.Kind == "" {
		post = it.Post
	}
	_, number, _ := strings.Cut(post, "_")
	link := "https://www.facebook.com/" + c.opt.PageID + "/posts/" + number
	if it.Kind == "" {
		_, comment, _ := strings.Cut(it.ID, "_")
		link += "?comment_id=" + comment
	}
	return link
}

// canPrivate: once, within seven days, to a person who is known.
func (c *call) canPrivate(it *board.Item) bool {
	return !it.Own && it.Author != "" && len(it.Private) == 0 && !c.opt.now().After(it.Created.Add(privateReply))
}
