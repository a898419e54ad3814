package wordpress

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"triage/internal/sandbox/board"
)

var listRules = []rule{contextRule, {"page", integer(1, -1)}, {"per_page", integer(1, 100)}, {"search", text}, {"after", moment},
	{"author", integers}, {"author_exclude", integers}, {"author_email", email}, {"before", moment}, {"exclude", integers}, {"include", integers},
	{"offset", integer(-1, -1)}, {"order", enum("asc", "desc")}, {"orderby", enum("date", "date_gmt", "id", "include", "post", "parent", "type")},
	{"parent", integers}, {"parent_exclude", integers}, {"post", integers}, {"status", text}, {"type", text}, {"password", text}}

// list is GET /comments.
func (c *call) list() (result, *failure) {
	if err := c.check(listRules); err != nil {
		return result{}, err
	}
	if err := c.mayList(); err != nil {
		return result{}, err
	}
	var found []*board.Item
	for _, it := range c.comments() {
		if c.wanted(it) {
			found = append(found, it)
		}
	}
	c.sort(found)
	page, header := c.cut(found)
	out := []any{}
	for _, it := range page {
		if c.mayRead(it) { // only now: pages get short
			out = append(out, c.pick(c.show(it, c.text("context", "view")), false))
		}
	}
	return result{status: http.StatusOK, header: header, body: out}, nil
}

// mayList checks the posts that are named, the context, and what only who writes
// posts may ask for.
func (c *call) mayList() *failure {
	for _, id := range c.numbers("post") {
		if post := c.find(id, true); post != nil && !c.mayReadPost(post) {
			return c.denied("rest_cannot_read_post", "Sorry, you are not allowed to read the post for this comment.")
		}
		if id == 0 && !c.can("moderate_comments") {
			return c.denied("rest_cannot_read", "Sorry, you are not allowed to read comments without a post.")
		}
	}
	if err := c.mayEditContext("moderate_comments", "comments"); err != nil || c.can("edit_posts") {
		return err
	}
	var forbidden []string
	for _, name := range []string{"author", "author_exclude", "author_email", "type", "status"} {
		usual := map[string]string{"type": "comment", "status": "approve"}[name]
		if asked := c.text(name, usual); c.has(name) && asked != usual {
			forbidden = append(forbidden, name)
		}
	}
	if forbidden == nil {
		return nil
	}
	return c.denied("rest_forbidden_param", "Query parameter not permitted: "+strings.Join(forbidden, ", "))
}

// mayEditContext: what is only for editing is not for everybody.
func (c *call) mayEditContext(capability, what string) *failure {
	if c.text("context", "view") == "edit" && !c.can(capability) {
		return c.denied("rest_forbidden_context", "Sorry, you are not allowed to edit "+what+".")
	}
	return nil
}

// wanted holds a comment against the parameters.
func (c *call) wanted(it *board.Item) bool {
	id, parent, post, by := number(it.ID), c.parent(it), number(it.Post), author(it)
	for _, f := range []struct {
		name  string
		value int
		leave bool
	}{
		{"include", id, false}, {"exclude", id, true}, {"parent", parent, false}, {"parent_exclude", parent, true},
		{"post", post, false}, {"author", by, false}, {"author_exclude", by, true},
	} {
		if list := c.numbers(f.name); len(list) > 0 && slices.Contains(list, f.value) == f.leave {
			return false
		}
	}
	kind := key(c.text("type", "comment"))
	switch {
	case kind != "" && kind != "all" && kind != typeOf(it), !asked(key(c.text("status", "approve")), status(it)):
		return false
	case c.has("author_email") && c.text("author_email", "") != it.More[moreEmail]:
		return false
	case c.has("after") && it.More[moreDate] <= c.local(c.text("after", "")), c.has("before") && it.More[moreDate] >= c.local(c.text("before", "")):
		return false
	}
	where := strings.Join([]string{name(it), it.More[moreEmail], it.More[moreURL], it.More[moreIP], c.raw(it)}, "\x00")
	return strings.Contains(strings.ToLower(where), strings.ToLower(c.text("search", "")))
}

// asked reports whether a status is among those that a word of the parameter means.
// An unknown word means none, and "approved" is unknown.
func asked(word, is string) bool {
	switch word {
	case "any":
		return true
	case "", "all":
		return is == approved || is == hold
	case "approve", "1":
		return is == approved
	case hold, "0":
		return is == hold
	}
	return (word == spam || word == trash) && word == is
}

// sort orders by what is asked. What is equal there goes by id: the same way after a
// time, else the newest first.
func (c *call) sort(all []*board.Item) {
	include := c.numbers("include")
	by := map[string]func(a, b *board.Item) int{
		"date":     func(a, b *board.Item) int { return cmp.Compare(a.More[moreDate], b.More[moreDate]) },
		"date_gmt": func(a, b *board.Item) int { return cmp.Compare(a.More[moreGMT], b.More[moreGMT]) },
		"id":       func(_, _ *board.Item) int { return 0 },
		"include": func(a, b *board.Item) int {
			return slices.Index(include, number(a.ID)) - slices.Index(include, number(b.ID))
		},
		"post":   func(a, b *board.Item) int { return number(a.Post) - number(b.Post) },
		"parent": func(a, b *board.Item) int { return c.parent(a) - c.parent(b) },
		"type":   func(a, b *board.Item) int { return cmp.Compare(typeOf(a), typeOf(b)) },
	}
	orderBy, sign, byID := c.text("orderby", "date_gmt"), -1, -1
	if c.text("order", "desc") == "asc" || orderBy == "include" {
		sign = 1
	}
	if orderBy == "id" || strings.HasPrefix(orderBy, "date") {
		byID = sign
	}
	slices.SortFunc(all, func(a, b *board.Item) int {
		return cmp.Or(sign*by[orderBy](a, b), byID*(number(a.ID)-number(b.ID)))
	})
}

// cut gives one page, with the headers that say how many there are.
func (c *call) cut(all []*board.Item) ([]*board.Item, map[string]string) {
	size, page := c.number("per_page", 10), c.number("page", 1)
	pages := (len(all) + size - 1) / size
	from := size * (page - 1)
	if offset := c.number("offset", 0); offset != 0 {
		from = max(offset, -offset)
	}
	from = min(from, len(all))
	header := map[string]string{"X-WP-Total": strconv.Itoa(len(all)), "X-WP-TotalPages": strconv.Itoa(pages)}
	var links []string
	if page > 1 {
		links = append(links, fmt.Sprintf(`<%s>; rel="prev"`, c.pageLink(min(page-1, pages))))
	}
	if page < pages {
		links = append(links, fmt.Sprintf(`<%s>; rel="next"`, c.pageLink(page+1)))
	}
	if links != nil {
		header["Link"] = strings.Join(links, ", ")
	}
	return all[from:min(from+size, len(all))], header
}
