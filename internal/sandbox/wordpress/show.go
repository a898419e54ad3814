package wordpress

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"triage/internal/sandbox/board"
)

// one is GET /comments/{id}.
func (c *call) one(id int) (result, *failure) {
	if err := c.check([]rule{contextRule, {"password", text}}); err != nil {
		return result{}, err
	}
	it, err := c.comment(id)
	if err == nil {
		err = c.mayEditContext("moderate_comments", "comments")
	}
	switch {
	case err != nil:
		return result{}, err
	case !c.mayRead(it):
		return result{}, c.denied("rest_cannot_read", "Sorry, you are not allowed to read this comment.")
	case !c.mayReadPost(c.board.ByID[it.Post]):
		return result{}, c.denied("rest_cannot_read_post", "Sorry, you are not allowed to read the post for this comment.")
	}
	return ok(c.pick(c.show(it, c.text("context", "view")), false))
}

func (c *call) comment(id int) (*board.Item, *failure) {
	if it := c.find(id, false); it != nil {
		return it, nil
	}
	return nil, fail(http.StatusNotFound, "rest_comment_invalid_id", "Invalid comment ID.")
}

// show gives a comment with what the context has of it.
func (c *call) show(it *board.Item, context string) object {
	raw := c.raw(it)
	content := object{"rendered": render(raw)}
	out := object{"id": number(it.ID), "parent": c.parent(it), "author": author(it), "author_name": name(it), "author_url": it.More[moreURL],
		"date": it.More[moreDate], "content": content, "link": c.permalink(c.board.ByID[it.Post]) + "#comment-" + it.ID, "type": typeOf(it),
		"author_avatar_urls": avatars(it.More[moreEmail]), "_links": c.links(it)}
	if context != "embed" {
		out["post"], out["date_gmt"], out["status"], out["meta"] = number(it.Post), it.More[moreGMT], status(it), []any{}
	}
	if context == "edit" {
		content["raw"] = raw
		out["author_email"], out["author_ip"], out["author_user_agent"] = it.More[moreEmail], it.More[moreIP], it.More[moreAgent]
	}
	return out
}

func typeOf(it *board.Item) string {
	if kind := it.More[moreType]; kind != "" {
		return kind
	}
	return "comment"
}

func (c *call) links(it *board.Item) object {
	const comments = "/wp/v2/comments"
	embed := func(address string) []object { return []object{{"embeddable": true, "href": address}} }
	out := object{"self": link(c.rest(comments + "/" + it.ID)), "collection": link(c.rest(comments)),
		"up": []object{{"embeddable": true, "post_type": "post", "href": c.rest("/wp/v2/posts/" + it.Post)}}}
	if user := author(it); user != 0 {
		out["author"] = embed(c.rest(fmt.Sprintf("/wp/v2/users/%d", user)))
	}
	if parent := c.parent(it); parent != 0 {
		out["in-reply-to"] = embed(c.rest(fmt.Sprintf("%s/%d", comments, parent)))
	}
	for _, other := range c.comments() {
		if s := status(other); c.parent(other) == number(it.ID) && (s == approved || s == hold) {
			out["children"] = embed(c.with(comments, "parent="+it.ID))
		}
	}
	return out
}

func link(address string) []object { return []object{{"href": address}} }

func avatars(email string) object {
	out := object{}
	for _, size := range []string{"24", "48", "96"} {
		out[size] = fmt.Sprintf("https://secure.gravatar.com/avatar/%x?s=%s&d=mm&r=g", sha256.Sum256([]byte(strings.ToLower(email))), size)
	}
	return out
}

// pick leaves what _fields names. A name such as content.raw gives nothing of
// comments and users; where nested, it gives that part.
func (c *call) pick(out object, nested bool) object {
	var names []string
	for _, v := range several(c.given["_fields"]) {
		if s, ok := v.(string); ok {
			names = append(names, s)
		}
	}
	if names == nil {
		return out
	}
	left := object{}
	for _, name := range names {
		top, part, dotted := strings.Cut(name, ".")
		v, known := out[top]
		within, _ := v.(object)
		switch inner, has := within[part]; {
		case known && !dotted:
			left[top] = v
		case nested && has:
			left[top] = object{part: inner}
		}
	}
	return left
}

// index is GET / of the API: what the site says of itself.
func (c *call) index() (result, *failure) {
	zone := c.zone()
	_, ahead := c.now().In(zone).Zone()
	login := any([]any{})
	if c.on("password") != "off" {
		login = object{"application-passwords": object{"endpoints": object{"authorization": c.home() + "/wp-admin/authorize-application.php"}}}
	}
	routes := object{}
	for route, methods := range map[string][]string{"/": {"GET"}, "/wp/v2/comments": {"GET", "POST"}, `/wp/v2/comments/(?P<id>[\d]+)`: {"GET", "POST", "PUT", "PATCH", "DELETE"},
		"/wp/v2/posts": {"GET"}, `/wp/v2/posts/(?P<id>[\d]+)`: {"GET"}, "/wp/v2/users/me": {"GET"}} {
		routes[route] = object{"namespace": strings.Trim(route[:min(len(route), len("/wp/v2"))], "/"), "methods": methods}
	}
	return ok(c.pick(object{"name": c.opt.Site, "description": "", "url": c.home(), "home": c.home(), "gmt_offset": float64(ahead) / 3600,
		"timezone_string": zone.String(), "namespaces": []string{"oembed/1.0", "wp/v2"}, "authentication": login, "routes": routes,
		"site_logo": 0, "site_icon": 0, "site_icon_url": "", "_links": object{"help": link("https://developer.wordpress.org/rest-api/")}}, false))
}
