package wordpress

import (
	"context"
	"html"
	"net/url"
	"strconv"
	"strings"

	"triage/internal/ingest"
)

// The statuses of comments. One that WordPress or a plugin adds counts as
// hidden.
const (
	approved = "approved"
	held     = "hold" // waits for approval, or was taken back
	spam     = "spam"
	trash    = "trash"
	// postTrash: the post is in the trash, and with it what stands under it.
	postTrash = "post-trashed"
)

// comment turns WordPress' shape into ours.
func (c *Client) comment(o object, me user) ingest.Comment {
	content := o.html("content")
	own := c.own(o, me)
	out := ingest.Comment{
		Platform: Platform, Account: c.account, Created: o.time("date_gmt"), Own: own,
		Media: content.media, Truncated: content.cut, Hidden: hidden(o), CanHide: !own,
		Content: ingest.Content{
			Text: content.text, Author: html.UnescapeString(o.text("author_name")), AuthorID: c.authorID(o),
			Item: o.id("id"), Post: o.id("post"), Parent: o.id("parent"), Link: o.text("link"), Title: c.title(o.id("post")),
		},
	}
	if own {
		out.Standing = standing(o)
	}
	return out
}

func hidden(o object) bool { return o.has("status") && o.text("status") != approved }

// standing is how the site's own review of a comment of ours stands.
func standing(o object) ingest.Standing {
	switch o.text("status") {
	case approved, "":
		return ingest.Shown
	case held:
		return ingest.Pending
	default:
		return ingest.Rejected
	}
}

// AuthorID is the id under which an author of comments is known: a keyed hash of
// the e-mail address, which is all that WordPress knows of a visitor for sure.
func AuthorID(names ingest.Namer, email string) string {
	return names.ID(Platform, "author", strings.ToLower(strings.TrimSpace(email)))
}

func (c *Client) authorID(o object) string {
	if id := o.id("author"); id != "" && o.text("author_email") == "" {
		return AuthorID(c.names, "user "+id)
	}
	return AuthorID(c.names, o.text("author_email"))
}

const (
	maxTitles   = 5000 // posts whose titles are remembered
	titleLength = 80   // characters
)

// learnTitles asks for the titles of the posts that are not known yet, all at
// once, over a comment of each: so it does not matter of what type they are.
// Without a title a comment is read just the same; ok is false if asking failed.
func (c *Client) learnTitles(ctx context.Context, status string, items []object) (ok bool) {
	var ask []string
	c.mu.Lock()
	if len(c.titles) > maxTitles {
		clear(c.titles)
	}
	for _, o := range items {
		post := o.id("post")
		if _, known := c.titles[post]; !known && post != "" && o.id("id") != "" {
			c.titles[post] = ""
			ask = append(ask, o.id("id"))
		}
	}
	c.mu.Unlock()
	if len(ask) == 0 {
		return true
	}
	x, err := c.get(ctx, "wp/v2/comments", url.Values{"context": {"edit"}, "status": {status}, "include": {strings.Join(ask, ",")},
		"per_page": {strconv.Itoa(sweepPage)}, "_fields": {"id,post,_links"}, "_embed": {"up"}})
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		clear(c.titles) // they are asked for again
		return false
	}
	raw, _ := listOf(x.Body)
	for _, o := range objects(raw) {
		up, _ := listOf(o.object("_embedded")["up"])
		for _, post := range objects(up) {
			if post.id("id") == o.id("post") && post.has("title") {
				c.titles[o.id("post")] = shortened(unspace(post.html("title").text))
			}
		}
	}
	return true
}

func (c *Client) title(post string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.titles[post]
}

func shortened(title string) string {
	if runes := []rune(title); len(runes) > titleLength {
		return string(runes[:titleLength-1]) + "…"
	}
	return title
}
