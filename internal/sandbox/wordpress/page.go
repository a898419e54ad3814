package wordpress

import (
	"fmt"
	"html"
	"net/http"
	"strings"

	"triage/internal/sandbox/board"
)

// pages are what stands before the site, by the value of the switch.
var pages = map[string]struct {
	status      int
	after       string // Retry-After
	title, text string
}{
	"forbidden":   {http.StatusForbidden, "", "403 Forbidden", "This request was blocked by the security rules of this website."},
	"busy":        {http.StatusServiceUnavailable, "120", "503 Service Temporarily Unavailable", "The server is busy."},
	"throttled":   {http.StatusTooManyRequests, "60", "429 Too Many Requests", "Too many requests from your address."},
	"maintenance": {http.StatusServiceUnavailable, "600", "Maintenance", "Briefly unavailable for scheduled maintenance. Check back in a minute."},
	"challenge":   {http.StatusOK, "", "One moment, please...", "Checking that you are no robot. Please turn on JavaScript."},
}

// shut is the page that answers everything; nil: the site does.
func (w *WordPress) shut() *board.Reply {
	page, shut := pages[w.on("front")]
	if !shut {
		return nil
	}
	out := document(page.status, page.title, "<h1>"+page.title+"</h1><p>"+page.text+"</p>")
	if page.after != "" {
		out.Header["Retry-After"] = page.after
	}
	return &out
}

func document(status int, title, body string) board.Reply {
	return board.Reply{Status: status, Header: map[string]string{"Content-Type": "text/html; charset=UTF-8"},
		Body: fmt.Appendf(nil, "<!DOCTYPE html>\n<html lang=\"en-US\"><head><meta charset=\"UTF-8\"><title>%s</title></head>\n<body>%s</body></html>\n", html.EscapeString(title), body)}
}

// page answers what is not for the API. Every page of the site itself names the
// API's root; where there is no such file, the web server answers and does not.
func (c *call) page() board.Reply {
	path, query := c.r.URL.Path, c.r.URL.Query()
	if c.on("permalinks") == "plain" && path != "/" && path != "/index.php" {
		return document(http.StatusNotFound, "404 Not Found", "<h1>Not Found</h1><p>The requested URL was not found on this server.</p>")
	}
	out := document(http.StatusNotFound, "Page not found", "<h1>Page not found</h1>")
	post := c.find(number(query.Get("p")), true)
	name, ofPost := strings.CutPrefix(strings.TrimSuffix(path, "/"), blog)
	for _, it := range c.board.Items {
		if ofPost && it.Platform == c.Name() && it.Kind != "" && !c.gone(it) && c.slug(it) == name {
			post = it
		}
	}
	switch {
	case post != nil && c.mayReadPost(post):
		out = document(http.StatusOK, title(post), "<h1>"+html.EscapeString(title(post))+"</h1><p>"+html.EscapeString(post.Text)+"</p>")
	case post == nil && !ofPost && !query.Has("p") && (path == "/" || path == "/index.php"):
		out = document(http.StatusOK, c.opt.Site, "<h1>"+html.EscapeString(c.opt.Site)+"</h1>")
	}
	out.Header["Link"] = c.rootLink()
	return out
}
