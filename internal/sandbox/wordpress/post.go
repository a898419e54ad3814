package wordpress

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"triage/internal/sandbox/board"
)

// blog is what the posts' own pages are below.
const blog = "/blog/"

// title is the first sentence.
func title(post *board.Item) string {
	if at := strings.IndexAny(post.Text, ".!?\n"); at > 0 {
		return post.Text[:at]
	}
	return post.Text
}

// slug tells posts with the same title apart.
func (w *WordPress) slug(post *board.Item) string {
	base, others := slug(title(post)), 1
	for _, it := range w.board.Items {
		if it == post {
			break
		}
		if it.Platform == w.Name() && it.Kind != "" && slug(title(it)) == base {
			others++
		}
	}
	if others > 1 {
		return fmt.Sprintf("%s-%d", base, others)
	}
	return base
}

// permalink is the address of a post's page.
func (c *call) permalink(post *board.Item) string {
	if s := postStatus(post); c.on("permalinks") == "plain" || s == "draft" || s == trash {
		return c.home() + "/?p=" + post.ID
	}
	return c.home() + blog + c.slug(post) + "/"
}

func postStatus(post *board.Item) string {
	if s := post.More[moreStatus]; s != "" {
		return s
	}
	return "publish"
}

var postRules = []rule{contextRule, {"page", integer(1, -1)}, {"per_page", integer(1, 100)}, {"offset", integer(-1, -1)},
	{"include", integers}, {"exclude", integers}, {"order", enum("asc", "desc")}}

// posts is GET /posts: those that are published, newest first.
func (c *call) posts() (result, *failure) {
	if err := c.check(postRules); err != nil {
		return result{}, err
	}
	if err := c.mayEditContext("edit_posts", "posts in this post type"); err != nil {
		return result{}, err
	}
	var all []*board.Item
	for _, it := range c.board.Items {
		id := number(it.ID)
		in, out := c.numbers("include"), c.numbers("exclude")
		if it.Platform == c.Name() && it.Kind != "" && !c.gone(it) && postStatus(it) == "publish" && !slices.Contains(out, id) && (in == nil || slices.Contains(in, id)) {
			all = append(all, it)
		}
	}
	if c.text("order", "desc") == "desc" {
		slices.Reverse(all)
	}
	shown, header := c.cut(all)
	if len(shown) == 0 && c.number("page", 1) > 1 {
		return result{}, fail(http.StatusBadRequest, "rest_post_invalid_page_number", "The page number requested is larger than the number of pages available.")
	}
	out := []any{}
	for _, post := range shown {
		if c.text("context", "view") != "edit" || c.mayEdit(post) {
			out = append(out, c.pick(c.showPost(post), true))
		}
	}
	return result{status: http.StatusOK, header: header, body: out}, nil
}

// onePost is GET /posts/{id}.
func (c *call) onePost(id int) (result, *failure) {
	if err := c.check([]rule{contextRule}); err != nil {
		return result{}, err
	}
	post := c.find(id, true)
	if post == nil {
		return result{}, fail(http.StatusNotFound, "rest_post_invalid_id", "Invalid post ID.")
	}
	if err := c.mayEditContext("edit_posts", "this post"); err != nil {
		return result{}, err
	}
	if protected := post.More[morePassword] != "" && postStatus(post) == "publish"; !protected && !c.mayReadPost(post) {
		return result{}, c.denied("rest_forbidden", "Sorry, you are not allowed to do that.")
	}
	return result{status: http.StatusOK, header: map[string]string{"Link": "<" + c.permalink(post) + `>; rel="alternate"; type=text/html`}, body: c.pick(c.showPost(post), true)}, nil
}

func (c *call) showPost(post *board.Item) object {
	shut, before := "open", ""
	if post.More[moreComments] == "closed" {
		shut = "closed"
	}
	protected := post.More[morePassword] != ""
	switch {
	case protected:
		before = "Protected: "
	case postStatus(post) == "private":
		before = "Private: "
	}
	content := object{"rendered": "", "protected": protected}
	if c.mayReadPost(post) {
		content["rendered"] = render(html.EscapeString(post.Text))
	}
	self := "/wp/v2/posts/" + post.ID
	return object{"id": number(post.ID), "date": post.More[moreDate], "date_gmt": post.More[moreGMT], "modified": post.More[moreDate], "modified_gmt": post.More[moreGMT],
		"guid": object{"rendered": c.home() + "/?p=" + post.ID}, "slug": c.slug(post), "status": postStatus(post), "type": "post", "link": c.permalink(post),
		"title": object{"rendered": before + texturize(html.EscapeString(title(post)))}, "content": content, "excerpt": content, "author": author(post),
		"featured_media": 0, "comment_status": shut, "ping_status": "closed", "sticky": false, "template": "", "format": "standard",
		"meta": []any{}, "categories": []int{1}, "tags": []any{},
		"_links": object{"self": link(c.rest(self)), "collection": link(c.rest("/wp/v2/posts")), "about": link(c.rest("/wp/v2/types/post")),
			"replies": []object{{"embeddable": true, "href": c.with("/wp/v2/comments", "post="+post.ID)}}}}
}

// with is the address of a route with a parameter.
func (c *call) with(route, param string) string {
	if c.on("permalinks") == "plain" {
		return c.rest(route) + "&" + param
	}
	return c.rest(route) + "?" + param
}

// pageLink is the address of the request with another page.
func (c *call) pageLink(page int) string {
	var params []string
	paged := false
	for pair := range strings.SplitSeq(c.r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); err == nil {
			value = url.QueryEscape(plain)
		}
		if name == "page" {
			value, paged = fmt.Sprint(page), true
		}
		if name != "" {
			params = append(params, name+"="+value)
		}
	}
	if !paged {
		params = append(params, fmt.Sprintf("page=%d", page))
	}
	address := c.home() + "/index.php?"
	if c.on("permalinks") == "pretty" {
		address = c.rest(c.route) + "?"
	}
	return address + strings.Join(params, "&")
}
