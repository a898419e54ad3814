package graph

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

const (
	pageCategory = "Family Medicine Practice"
	privateReply = 7 * day // how long a comment can be answered privately
	reverse      = "reverse_chronological"
)

// page answers for the Page itself and its lists of posts.
func (c *call) page() (any, *graphError) {
	if len(c.path) == 2 && c.path[1] == "messages" && c.method == http.MethodPost {
		return c.sendMessage()
	}
	if c.method != http.MethodGet || len(c.path) > 2 {
		return nil, unsupported(c.method)
	}
	fields, err := parseFields(c.args["fields"])
	if err != nil {
		return nil, err
	}
	if len(c.path) == 2 {
		return c.pageEdge(c.path[1], c.args, fields)
	}
	if len(fields) == 0 {
		fields = []field{{name: "name"}}
	}
	return show(c.opt.PageID, fields, c.pageField)
}

// pageField is a field of the Page, or one of its lists inside it.
func (c *call) pageField(f field) (any, *graphError) {
	plain := map[string]any{"id": c.opt.PageID, "name": c.opt.PageName, "category": pageCategory,
		"link": "https://www.facebook.com/" + c.opt.PageID, "access_token": c.opt.Token}
	if v, ok := plain[f.name]; ok {
		return v, nil
	}
	if f.name == "instagram_business_account" {
		if err := c.need(10, "instagram_basic"); err != nil || !c.linked() {
			return nil, err
		}
		return c.account(f.sub)
	}
	return c.pageEdge(f.name, f.expanded(), f.sub)
}

// expanded are the parameters of a list that is asked for as a field.
func (f field) expanded() args {
	a := args(maps.Clone(f.args))
	if f.text != "" {
		a["fields"] = f.text
	}
	return a
}

// pageEdge answers for the lists of posts, newest first. Advertisements are in
// none but their own.
func (c *call) pageEdge(edge string, a args, fields []field) (any, *graphError) {
	if edge == "ratings" {
		return c.ratings(a, fields)
	}
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
	if err := c.need(10, "pages_read_engagement"); err != nil {
		return nil, err
	}
	slots := c.items(func(it *board.Item) bool {
		return it.Platform == facebook && it.Kind != "" && strings.Contains(kinds, it.Kind) && a.within(it.Created) && !c.lost(facebook, "posts")
	}, true)
	return c.edge(list{slots: slots, path: c.opt.PageID + "/" + edge, args: a, most: 100,
		show: func(it *board.Item) (map[string]any, *graphError) { return c.render(it, fields) }})
}

// items gives those that are wanted in the order in which they were written.
func (c *call) items(want func(*board.Item) bool, newestFirst bool) []*board.Item {
	var slots []*board.Item
	for _, it := range c.board.Items {
		if want(it) {
			slots = append(slots, it)
		}
	}
	slices.SortStableFunc(slots, func(a, b *board.Item) int { return a.Created.Compare(b.Created) })
	if newestFirst {
		slices.Reverse(slots)
	}
	return slots
}

// node answers for a post or a comment and its comments.
func (c *call) node(id string) (any, *graphError) {
	it := c.board.ByID[id]
	if c.board.Gone(it) || it.Platform != facebook || it.Kind != "" && c.lost(facebook, "posts") || it.Kind == "" && (c.kind != pageToken || c.lost(facebook, "items")) {
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
	scope := "pages_read_engagement"
	if it.Kind == "" {
		scope = "pages_read_user_content"
	}
	if err := c.need(10, scope); err != nil {
		return nil, err
	}
	return c.render(it, fields)
}

// comments answers for the comments of a post or the replies to a comment.
// Everything below a comment is one level: a reply to a reply stands under the
// top one. A person's token sees none.
func (c *call) comments(under *board.Item, a args, fields []field) (map[string]any, *graphError) {
	if err := c.need(10, "pages_read_user_content"); err != nil {
		return nil, err
	}
	order := a["order"]
	slots := c.items(func(it *board.Item) bool {
		mine := it.Post == under.ID && (a["filter"] == "stream" || it.Parent == "") || it.Root == under.ID
		return it.Kind == "" && mine && a.within(it.Created) && c.kind == pageToken && !c.lost(facebook, "lists")
	}, order == reverse)
	if order == "" {
		order = "chronological"
	}
	out, err := c.edge(list{slots: slots, path: under.ID + "/comments", args: a, most: 100,
		show: func(it *board.Item) (map[string]any, *graphError) { return c.render(it, fields) }})
	if err == nil && (a["summary"] == "true" || a["summary"] == "1") {
		out["summary"] = map[string]any{"order": order, "total_count": len(slots) + c.count("total-too-big"), "can_comment": true}
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
	return show(it.ID, fields, func(f field) (any, *graphError) { return c.field(it, f) })
}

// field gives one field; nil when the object does not have it.
func (c *call) field(it *board.Item, f field) (any, *graphError) {
	if f.name == "comments" {
		out, err := c.comments(it, f.expanded(), f.sub)
		return unlessEmpty(out, err)
	}
	if v, ok := c.common(it, f.name); ok {
		return v, nil
	}
	switch {
	case it.Kind != "":
		return c.postField(it, f.name)
	case recommends(it):
		return nil, errField(f.name, "OpenGraphAction")
	}
	return c.commentField(it, f)
}

// unlessEmpty leaves a list that is inside an object out if nothing is in it.
func unlessEmpty(list map[string]any, err *graphError) (any, *graphError) {
	if err != nil || len(list["data"].([]any)) == 0 && len(list) == 1 {
		return nil, err
	}
	return list, nil
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
		return c.permalink(it), true
	}
	return nil, false
}

func (c *call) from(it *board.Item) any {
	switch {
	case c.on("permission") == "nameless":
		return nil
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

func (c *call) permalink(it *board.Item) string {
	post := it.ID
	if it.Kind == "" && it.Post != "" {
		post = it.Post
	}
	number := post[strings.IndexByte(post, '_')+1:]
	link := "https://www.facebook.com/" + c.opt.PageID + "/posts/" + number
	if it.ID != post {
		_, comment, _ := strings.Cut(it.ID, "_")
		link += "?comment_id=" + comment
	}
	return link
}

// canPrivate: once, within seven days, to a person who is known.
func (c *call) canPrivate(it *board.Item) bool {
	return !it.Own && it.Author != "" && len(it.Private) == 0 && !c.late(it) && may(it, "can_reply_privately")
}

func (c *call) late(it *board.Item) bool { return c.opt.now().After(it.Created.Add(privateReply)) }

// may reports whether nothing was said against it when the comment was made.
func may(it *board.Item, what string) bool { return it.More[what] != "false" }

// touched is when the post or anything below it was made last.
func (c *call) touched(post *board.Item) time.Time {
	last := post.Created
	for _, it := range c.board.Items {
		if it.Post == post.ID && it.Created.After(last) {
			last = it.Created
		}
	}
	return last
}
