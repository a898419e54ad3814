package wordpress_test

import (
	"fmt"
	"strings"
	"testing"
)

// What a query finds of a, b and c in TestListParameters; a question mark is another.
var listed = map[string]string{
	"":                                            "cab",
	"?order=asc":                                  "bac",
	"?orderby=id":                                 "cba",
	"?orderby=id&order=asc":                       "abc",
	"?orderby=date&order=asc":                     "bac",
	"?orderby=include&include=$b,$c,$a":           "bca",
	"?include[]=$a&include[]=$b&orderby=id":       "ba",
	"?orderby=post":                               "bca",
	"?orderby=parent":                             "cba",
	"?exclude=$a,$c":                              "b",
	"?parent=0":                                   "ab",
	"?parent=$a":                                  "c",
	"?parent_exclude=0":                           "c",
	"?post=$other":                                "b",
	"?post=0":                                     "",
	"?search=pie":                                 "ca",
	"?search=198.51.100.77":                       "b",
	"?author_email=apple@example.test":            "a",
	"?author=0":                                   "cab",
	"?author_exclude=0":                           "",
	"?type=all&per_page=1":                        "?",
	"?type=pingback":                              "?",
	"?per_page=1&orderby=id&page=2":               "b",
	"?per_page=1&orderby=id&page=1&offset=2":      "a",
	"?per_page=2&page=9":                          "",
	"?before=2026-08-30T10:00:00Z":                "b",
	"?after=2026-08-30T10:00:00Z":                 "c",
	"?after=2026-08-30T09:59:59Z&_fields=id":      "ca",
	"?after=2026-08-30T11:59:59%2B02:00":          "ca",
	"?after=2026-08-30T06:00:00":                  "c", // the site's own clock
	"?status=approved":                            "",  // the parameter says approve
	"?status=nonsense":                            "",
	"?status=hold,approve":                        "",
	"?status=APPROVE":                             "cab",
	"?unknown=1":                                  "cab",
	"?context=edit&status=all&orderby=id&page=1":  "cba",
	"?rest_route=/wp/v2/comments&exclude=$a,$b,7": "c",
}

func TestListParameters(t *testing.T) {
	b := open(t)
	a := b.say("apple pie", `,"created":"2026-08-30T10:00:00Z","more":{"email":"apple@example.test"}`)
	c := b.say("banana", `,"created":"2026-08-29T10:00:00Z","post":"Other","more":{"ip":"198.51.100.77"}`)
	d := b.say("cherry PIE", `,"created":"2026-08-31T10:00:00Z","parent":"`+number(a)+`"`)
	b.say("a ping", `,"more":{"type":"pingback"}`)
	other := fmt.Sprint(b.get(c).at("post"))
	for query, want := range listed {
		query = strings.ReplaceAll(query, "$other", other)
		for i, p := range []string{a, c, d} {
			query = strings.ReplaceAll(query, "$"+string(rune('a'+i)), number(p))
		}
		b.want(query, b.found(comments+query, a, c, d), want)
	}
}

func TestListRefuses(t *testing.T) {
	b := open(t)
	for query, wrong := range map[string]string{
		"per_page=101":                     "rest_out_of_bounds",
		"per_page=0":                       "rest_out_of_bounds",
		"page=0":                           "rest_out_of_bounds",
		"per_page=many":                    "rest_invalid_type",
		"order=up":                         "rest_not_in_enum",
		"orderby=author":                   "rest_not_in_enum",
		"context=all":                      "rest_not_in_enum",
		"include=a":                        "rest_invalid_type",
		"after=2026-08-30":                 "rest_invalid_date",
		"after=2026-08-30T10:00:00+00:00":  "rest_invalid_date", // a plus that was not escaped is a space
		"before=yesterday":                 "rest_invalid_date",
		"author_email=x":                   "rest_invalid_email",
		"status[]=hold&status[]=approve&a": "rest_invalid_type",
	} {
		r := b.get(comments + "?" + query)
		b.want(query, r.at("code"), "rest_invalid_param")
		name, _, _ := strings.Cut(strings.ReplaceAll(query, "[]", ""), "=")
		b.want(query, r.at("data", "details", name, "code"), wrong)
		b.want(query, r.at("data", "status"), 400.0)
		b.want(query, r.status, 400)
	}
}

// Pages shift under a reader when something is added; ids do not.
func TestPaging(t *testing.T) {
	b := open(t)
	var made []string
	for i := range 5 {
		made = append(made, b.say(fmt.Sprint("comment ", i), ""))
	}
	const query = comments + "?per_page=2&orderby=id&_fields=id"
	r := b.get(query + "&page=2")
	b.want("total", r.header.Get("X-WP-Total"), "5")
	b.want("pages", r.header.Get("X-WP-TotalPages"), "3")
	link := func(page int, rel string) string {
		return fmt.Sprintf(`<%s%s?per_page=2&orderby=id&_fields=id&page=%d>; rel=%q`, b.url, comments, page, rel)
	}
	b.want("link", r.header.Get("Link"), link(1, "prev")+", "+link(3, "next"))
	b.want("page 2", b.found(query+"&page=2", made...), "cb")
	b.say("one more", "")
	b.want("page 2 then", b.found(query+"&page=2", made...), "dc")
	r = b.get(query + "&page=9")
	b.says("past the end", r, 200, "[]")
	b.want("back", r.header.Get("Link"), link(3, "prev"))
}

// Only now: what a caller may not read is taken out of a page, not off the count.
func TestShortPages(t *testing.T) {
	b := open(t)
	held, shown := b.say("held", `,"hidden":true`), b.say("shown", "")
	spam := b.say("spam", `,"more":{"status":"spam"}`)
	trash := b.say("trash", `,"more":{"status":"trash"}`)
	all := []string{held, shown, spam, trash}
	for _, c := range []struct{ role, status, want, total string }{
		{"editor", "hold", "a", "1"},
		{"administrator", "all", "ba", "2"},
		{"editor", "spam", "c", "1"},
		{"editor", "trash", "d", "1"},
		{"editor", "any", "dcba", "4"},
		{"author", "hold", "", "1"},
		{"author", "all", "b", "2"},
		{"contributor", "any", "b", "4"},
		{"editor", "approve", "b", "1"},
	} {
		b.as(c.role)
		path := comments + "?orderby=id&status=" + c.status
		b.want(c.role+" "+c.status, b.found(path, all...), c.want)
		b.want(c.role+" "+c.status+" total", b.get(path).header.Get("X-WP-Total"), c.total)
	}
}

func TestWhoMayRead(t *testing.T) {
	b := open(t)
	held, shown := b.say("held", `,"hidden":true`), b.say("shown", `,"more":{"ip":"203.0.113.9"}`)
	secret := b.newPost("Secret")
	within := b.say("within", `,"post":"`+secret+`"`)
	b.patch("/"+secret, `{"more":{"password":"open sesame"}}`)
	for _, c := range []struct{ role, path, code string }{
		{"", comments + "?context=edit", "401 rest_forbidden_context"},
		{"author", comments + "?context=edit", "403 rest_forbidden_context"},
		{"author", shown + "?context=edit", "403 rest_forbidden_context"},
		{"editor", shown + "?context=edit", "200 <nil>"},
		{"", comments + "?status=hold", "401 rest_forbidden_param"},
		{"subscriber", comments + "?type=note", "403 rest_forbidden_param"},
		{"subscriber", comments + "?status=approve&type=comment", "200 <nil>"},
		{"", comments + "?post=" + secret, "401 rest_cannot_read_post"},
		{"", comments + "?post=" + secret + "&password=open%20sesame", "200 <nil>"},
		{"editor", comments + "?post=" + secret, "200 <nil>"},
		{"", within, "401 rest_cannot_read"},
		{"", within + "?password=open%20sesame", "200 <nil>"},
		{"", held, "401 rest_cannot_read"},
		{"subscriber", held, "403 rest_cannot_read"},
		{"editor", held, "200 <nil>"},
		{"editor", comments + "/999", "404 rest_comment_invalid_id"},
		{"editor", comments + "/" + secret, "404 rest_comment_invalid_id"},
		{"editor", comments + "/x", "404 rest_no_route"},
		{"", comments + "?post=0", "401 rest_cannot_read"},
		{"editor", comments + "s", "404 rest_no_route"},
	} {
		b.as(c.role)
		r := b.get(c.path)
		b.want(c.role+" "+c.path, fmt.Sprint(r.status, " ", r.at("code")), c.code)
	}
	b.as("editor")
	r := b.get(shown + "?context=edit")
	b.want("ip", r.at("author_ip"), "203.0.113.9")
	b.want("not in view", b.get(shown).at("author_ip"), nil)
	b.want("nor embedded", b.get(shown+"?context=embed").at("status"), nil)
	b.says("part of a field", b.get(shown+"?context=edit&_fields=content.raw,id"), 200, `{"id":`+number(shown)+`}`)
}

func TestTimesAreTheSitesOwn(t *testing.T) {
	b := open(t)
	path := b.say("a", `,"created":"2026-08-30T10:00:00Z"`)
	r := b.get(path)
	b.want("date", r.at("date"), "2026-08-30T06:00:00")
	b.want("date_gmt", r.at("date_gmt"), "2026-08-30T10:00:00")
	b.want("date_gmt as it is misses it", b.found(comments+"?after=2026-08-30T09:00:00", path), "")
	b.want("with its zone it does not", b.found(comments+"?after=2026-08-30T09:00:00Z", path), "a")

	b.turn("zone", "Europe/Berlin")
	later := b.say("b", `,"created":"2026-08-30T10:00:01Z"`)
	b.want("nothing moves by that", b.get(path).at("date_gmt"), "2026-08-30T10:00:00")
	b.want("order", b.found(comments, path, later), "ba")
	b.post(later, `{"status":"hold"}`)
	r = b.post(later, `{"status":"approved"}`)
	b.want("same zone, same time", r.at("date_gmt"), "2026-08-30T10:00:01")
	r = b.post(path, `{"status":"approved"}`)
	b.want("date stays", r.at("date"), "2026-08-30T06:00:00")
	b.want("date_gmt is made anew", r.at("date_gmt"), "2026-08-30T04:00:00")
}

func TestThreads(t *testing.T) {
	b := open(t)
	top := b.say("top", "")
	middle := b.say("middle", `,"parent":"`+number(top)+`"`)
	low := b.say("low", `,"parent":"`+number(middle)+`"`)
	parent := func(of string) string { return fmt.Sprint(b.get(of).at("parent")) }
	b.want("children", b.get(top).at("_links", "children", 0, "href"), b.url+comments+"?parent="+number(top))
	b.want("parent", b.get(low).at("_links", "in-reply-to", 0, "href"), b.url+middle)
	b.post(middle, `{"status":"hold"}`)
	b.as("")
	b.want("replies to what is held stay", b.found(comments+"?orderby=id", top, middle, low), "ca")
	b.as("editor")
	b.send("DELETE", middle, "")
	b.want("so do those to the trash", parent(low), number(middle))
	b.send("DELETE", middle+"?force=true", "")
	b.want("after deletion they move up", parent(low), number(top))
	b.send("DELETE", "/_sandbox/comments/"+number(top), "")
	b.want("to the top", parent(low), "0")
	b.want("without a link", b.get(low).at("_links", "in-reply-to"), nil)
	b.send("DELETE", "/_sandbox/comments/"+fmt.Sprint(b.get(low).at("post")), "")
	b.says("the post takes all along", b.get(low), 404, "rest_comment_invalid_id")
}
