package wordpress_test

import (
	"fmt"
	"strings"
	"testing"

	"triage/internal/sandbox"
)

func TestThePagesNameTheAPI(t *testing.T) {
	b := open(t)
	path := b.say("a", `,"post":"Flu clinic, Friday"`)
	link, _ := b.get(path).at("link").(string)
	page, anchor, _ := strings.Cut(link, "#comment-")
	b.want("anchor", anchor, number(path))
	b.want("permalink", page, b.url+"/blog/flu-clinic-friday/")
	for _, p := range []string{"/", "/index.php", strings.TrimPrefix(page, b.url), "/?p=999", "/blog/nothing/"} {
		r := b.get(p)
		b.want(p, r.header.Get("Link"), "<"+b.url+`/wp-json/>; rel="https://api.w.org/"`)
		b.want(p+" missing", r.status == 404, strings.HasSuffix(p, "999") || strings.HasSuffix(p, "nothing/"))
		if !strings.HasPrefix(r.raw, "<!DOCTYPE html>") {
			t.Errorf("%s is no page: %s", p, r.raw)
		}
	}
	another := b.newPost("Another")
	b.turn("permalinks", "plain")
	for _, p := range []string{"/", "/?p=" + another} {
		r := b.send("GET", p, "")
		b.want(p, r.header.Get("Link"), "<"+b.url+`/index.php?rest_route=/>; rel="https://api.w.org/"`)
		b.want(p, r.status, 200)
	}
}

func TestPlainPermalinks(t *testing.T) {
	b := open(t)
	first, second := b.say("a", ""), b.say("b", "")
	b.turn("permalinks", "plain")
	for _, p := range []string{"/wp-json/", "/wp-json/wp/v2/comments", "/wp-json"} {
		r := b.get(p)
		b.says(p, r, 404, "Not Found")
		b.want("no hint", r.header.Get("Link"), "")
	}
	r := b.get("/?rest_route=/wp/v2/comments&per_page=1&orderby=id&order=asc")
	b.want("first", r.ids(), number(first))
	b.want("next", r.header.Get("Link"), "<"+b.url+`/index.php?rest_route=%2Fwp%2Fv2%2Fcomments&per_page=1&orderby=id&order=asc&page=2>; rel="next"`)
	b.want("self", r.at(0, "_links", "self", 0, "href"), b.url+"/index.php?rest_route=/wp/v2/comments/"+number(first))
	b.want("a comment's page", r.at(0, "link"), fmt.Sprintf("%s/?p=%v#comment-%s", b.url, r.at(0, "post"), number(first)))
	b.want("second", b.get("/index.php?rest_route=%2Fwp%2Fv2%2Fcomments&per_page=1").ids(), number(second))
	b.says("a write", b.post("/?rest_route=/wp/v2/comments/"+number(second), `{"status":"hold"}`), 200, `"status":"hold"`)
	b.want("no API for others", b.get("/?rest_route=/wp/v2/nothing").at("code"), "rest_no_route")
}

func TestIndex(t *testing.T) {
	b := open(t)
	b.as("")
	r := b.get("/wp-json")
	b.want("name", r.at("name"), sandbox.PageName)
	b.want("home", r.at("home"), b.url)
	b.want("zone", r.at("timezone_string"), "America/New_York")
	b.want("summer", r.at("gmt_offset"), -4.0)
	b.want("login", r.at("authentication", "application-passwords", "endpoints", "authorization"), b.url+"/wp-admin/authorize-application.php")
	b.says("slashes are escaped", r, 200, `"America\/New_York"`)
	b.turn("zone", "Asia/Kolkata")
	b.want("half hours", b.get("/wp-json/").at("gmt_offset"), 5.5)
	b.turn("password", "off")
	b.says("not available", b.get("/wp-json/?_fields=authentication"), 200, `{"authentication":[]}`)
	b.says("the consent page is not played", b.get("/wp-admin/authorize-application.php"), 404, "<html")
}

// Whatever stands before the site answers everything, in HTML.
func TestFront(t *testing.T) {
	b := open(t)
	path := b.say("a", "")
	for _, c := range []struct {
		value, after, words string
		status              int
	}{
		{"forbidden", "", "blocked", 403},
		{"busy", "120", "503", 503},
		{"throttled", "60", "Too many", 429},
		{"maintenance", "600", "Briefly unavailable", 503},
		{"challenge", "", "robot", 200},
	} {
		b.turn("front", c.value)
		for _, p := range []string{"/", comments, path} {
			r := b.get(p)
			b.says(c.value+p, r, c.status, c.words)
			b.want(c.value+" after", r.header.Get("Retry-After"), c.after)
			b.want(c.value+" type", r.header.Get("Content-Type"), "text/html; charset=UTF-8")
		}
		b.post(path, `{"status":"hold"}`)
	}
	b.turn("front", "open")
	b.want("nothing got through", b.get(path).at("status"), "approved")
}

func TestPasswords(t *testing.T) {
	b := open(t)
	b.say("a", "")
	const me = "/wp-json/wp/v2/users/me?context=edit"
	for _, c := range []struct {
		login, password, user, given string
		status                       int
		code                         any
	}{
		{"silent", "good", sandbox.WordPressUser, sandbox.WordPressPassword, 200, nil},
		{"silent", "good", sandbox.WordPressEmail, "sandboxwordpresspassword", 200, nil},
		{"silent", "good", sandbox.WordPressUser, "wrong", 401, "rest_not_logged_in"},
		{"silent", "good", "nobody", sandbox.WordPressPassword, 401, "rest_not_logged_in"},
		{"silent", "good", "", "", 401, "rest_not_logged_in"},
		{"silent", "revoked", sandbox.WordPressUser, sandbox.WordPressPassword, 401, "rest_not_logged_in"},
		{"strict", "good", sandbox.WordPressUser, sandbox.WordPressPassword, 200, nil},
		{"strict", "good", sandbox.WordPressUser, "wrong", 401, "incorrect_password"},
		{"strict", "good", "nobody", "wrong", 401, "invalid_username"},
		{"strict", "good", "nobody@cedar.example", "wrong", 401, "invalid_email"},
		{"strict", "revoked", sandbox.WordPressUser, sandbox.WordPressPassword, 401, "incorrect_password"},
		{"strict", "stripped", sandbox.WordPressUser, "wrong", 401, "rest_not_logged_in"},
		{"strict", "off", sandbox.WordPressUser, sandbox.WordPressPassword, 401, "rest_not_logged_in"},
	} {
		b.turn("login", c.login)
		b.turn("password", c.password)
		b.user, b.password = c.user, c.given
		name := c.login + " " + c.password + " " + c.user
		r := b.get(me)
		b.want(name, r.status, c.status)
		b.want(name, r.at("code"), c.code)
		public := 200
		if code, _ := c.code.(string); code != "" && code != "rest_not_logged_in" {
			public = 401 // strict sites refuse even what everybody may read
		}
		b.want(name+", the public list", b.get(comments).status, public)
	}
	b.login()
	b.want("introspect", b.get("/wp-json/wp/v2/users/me/application-passwords/introspect").at("code"), "application_passwords_disabled")
}

func TestMe(t *testing.T) {
	b := open(t)
	for role, moderates := range map[string]any{"administrator": true, "editor": true, "author": nil, "contributor": nil, "subscriber": nil} {
		b.as(role)
		r := b.get("/wp-json/wp/v2/users/me?context=edit&_fields=id,name,roles,capabilities")
		b.want(role, r.at("capabilities", "moderate_comments"), moderates)
		b.want(role, r.at("roles", 0), role)
		b.want(role, r.at("capabilities", role), true)
		b.want(role, r.at("id"), 2.0)
		b.want(role, r.at("name"), sandbox.PageName)
	}
	b.says("parts of fields are not had", b.get("/wp-json/wp/v2/users/me?context=edit&_fields=id,capabilities.read"), 200, `{"id":2}`)
	b.want("not for all to see", b.get("/wp-json/wp/v2/users/me").at("roles"), nil)
	r := b.get("/wp-json/wp/v2/users/me/application-passwords/introspect")
	b.want("ip", r.at("last_ip"), "127.0.0.1")
}

func TestPosts(t *testing.T) {
	b := open(t)
	clinic, closed := b.newPost("Flu clinic. Come early!"), b.newPost("Old news")
	b.patch("/"+closed, `{"more":{"comments":"closed"}}`)
	const posts = "/wp-json/wp/v2/posts"
	r := b.get(posts + "?per_page=2&_fields=id,title.rendered,link,comment_status")
	b.want("newest first", r.ids(), closed+" "+clinic)
	b.want("title", r.at(1, "title", "rendered"), "Flu clinic")
	b.want("link", r.at(1, "link"), b.url+"/blog/flu-clinic/")
	b.want("closed", r.at(0, "comment_status"), "closed")
	b.want("total", r.header.Get("X-WP-Total"), "5")
	b.want("pages", r.header.Get("X-WP-TotalPages"), "3")
	b.want("past the end", b.get(posts+"?page=9").at("code"), "rest_post_invalid_page_number")
	b.want("include", b.get(posts+"?include="+clinic).ids(), clinic)
	b.want("exclude", b.get(posts+"?exclude="+clinic+"&per_page=1&offset=1").at(0, "title", "rendered") != nil, true)
	b.want("unknown", b.get(posts+"/999").at("code"), "rest_post_invalid_id")
	b.patch("/"+clinic, `{"more":{"status":"private"}}`)
	b.want("private to us", b.get(posts+"/"+clinic).at("title", "rendered"), "Private: Flu clinic")
	b.as("")
	b.want("to others", b.get(posts+"/"+clinic).at("code"), "rest_forbidden")
	b.want("context", b.get(posts+"?context=edit").at("code"), "rest_forbidden_context")
	b.want("not listed", b.get(posts+"?include="+clinic).ids(), "")
	b.says("no pages by others' hand", b.send("DELETE", posts+"/"+closed, ""), 404, "rest_no_route")
}
