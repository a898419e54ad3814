package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// What lists and single items show when a permission is gone, though nothing was
// deleted: the account itself is fine all the time.
func TestLostPermission(t *testing.T) {
	b := open(t, Options{})
	post, made := b.thread(2)
	media, commented := b.media(2)
	reply := b.say(`{"platform":"instagram","text":"a","parent":"` + commented[0] + `"}`)
	for _, c := range []struct {
		value               string
		posts, lists, items bool // are shown
	}{
		{"granted", true, true, true},
		{"lost", true, false, false},
		{"lost-lists", true, false, true},
		{"lost-items", true, true, false},
		{"lost-posts", false, false, false},
	} {
		b.set("facebook", "permission", c.value)
		b.set("instagram", "permission", c.value)
		seen := func(path string) bool { return at(b.get(path, "fields=id"), "data", 0, "id") != nil }
		b.want(c.value+" posts", seen("/me/posts"), c.posts)
		b.want(c.value+" media", seen("/"+InstagramID+"/media"), c.posts)
		for _, path := range []string{"/" + post, "/" + media} {
			out := b.get(path, "fields=id,comments{id}")
			b.want(c.value+path, at(out, "id") != nil, c.posts)
			b.want(c.value+path+" expanded", at(out, "comments") != nil, c.lists)
			b.want(c.value+path+" comments", seen(path+"/comments"), c.lists && c.posts)
		}
		b.want(c.value+" replies", at(b.get("/"+commented[0], "fields=replies{id}"), "replies", "data", 0, "id") == reply, c.lists && c.items)
		for _, id := range []string{made[0], commented[0]} {
			out := b.get("/"+id, "fields=id")
			b.want(c.value+" one", at(out, "id") == id, c.items)
			if !c.items {
				b.want(c.value+" as if deleted", at(out, "error", "error_subcode"), 33.0)
			}
		}
		b.want(c.value+" the Page", at(b.get("/me", "fields=id"), "id"), PageID)
		b.want(c.value+" the account", at(b.get("/"+InstagramID, "fields=id"), "id"), InstagramID)
	}
	for _, s := range b.server.State().Comments {
		if s.Deleted {
			t.Error("something was deleted")
		}
	}
	b.set("facebook", "permission", "nameless")
	b.want("nobody's name", at(b.get("/"+made[0], "fields=from,message"), "from"), nil)
}

func TestLackingPermissions(t *testing.T) {
	b := open(t, Options{})
	_, made := b.thread(1)
	media, commented := b.media(1)
	fresh := b.say(`{"platform":"facebook","text":"x"}`)
	freshIG := b.say(`{"platform":"instagram","text":"x"}`)
	for _, c := range []struct {
		platform, lacks, method, path string
		more                          string
		code                          any
	}{
		{"facebook", "pages_read_engagement", "GET", "me/feed", "", 10.0},
		{"facebook", "pages_read_user_content", "GET", made[0] + "/comments", "", 10.0},
		{"facebook", "pages_read_user_content", "GET", made[0], "", 10.0},
		{"facebook", "pages_read_user_content", "GET", "me/feed", "", nil},
		{"facebook", "pages_manage_engagement", "POST", fresh, "is_hidden=true", 200.0},
		{"facebook", "MODERATE", "POST", fresh + "/comments", "message=x", 200.0},
		{"facebook", "pages_messaging,MODERATE", "POST", "me/messages", privately(fresh, "x").Encode(), 200.0},
		{"facebook", "MESSAGING", "POST", "me/messages", privately(fresh, "x").Encode(), 200.0},
		{"facebook", "instagram_basic", "GET", media, "", 10.0},
		{"facebook", "instagram_basic", "GET", "me", "fields=instagram_business_account", 10.0},
		{"facebook", "instagram_manage_comments", "GET", media + "/comments", "", 10.0},
		{"facebook", "instagram_manage_comments", "GET", commented[0], "", 10.0},
		{"facebook", "instagram_manage_comments", "POST", commented[0], "hide=true", 200.0},
		{"facebook", "instagram_manage_messages", "POST", "me/messages", privately(freshIG, "x").Encode(), 200.0},
		{"facebook", "instagram_basic", "GET", media, itsOwn, nil}, // another token
		{"instagram", "instagram_business_basic", "GET", media, itsOwn, 10.0},
		{"instagram", "instagram_business_basic", "GET", media, "", nil},
		{"instagram", "instagram_business_manage_comments", "GET", media + "/comments", itsOwn, 10.0},
		{"instagram", "instagram_business_manage_messages", "POST", "me/messages", itsOwn + "&" + privately(freshIG, "x").Encode(), 200.0},
	} {
		b.set(c.platform, "lacks", c.lacks)
		status, out := b.ask(c.method, "/v26.0/"+c.path, c.more)
		b.want(c.lacks+" "+c.method+" "+c.path, at(out, "error", "code"), c.code)
		b.want(c.lacks+" status", status == 403, c.code != nil)
		b.set(c.platform, "lacks", "")
	}
	b.set("facebook", "lacks", "MODERATE")
	tasks, _ := at(b.get("/me/accounts", "access_token="+UserToken), "data", 0, "tasks").([]any)
	b.want("the task is missing", slices.Contains(tasks, any("MODERATE")), false)
}

func (b *box) ask(method, path, query string) (int, map[string]any) {
	b.Helper()
	f := form()
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		f.Set(name, unescape(b, value))
	}
	return b.graph(method, path, f)
}

func TestDebugTokenTellsWhatIsSwitched(t *testing.T) {
	now := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	b := open(t, Options{Now: func() time.Time { return now }})
	look := func() map[string]any {
		data, _ := at(b.get("/debug_token", "input_token="+PageToken+"&access_token="+AppID+"|"+AppSecret), "data").(map[string]any)
		return data
	}
	usual := look()
	b.want("never ends", usual["expires_at"], 0.0)
	b.want("data", usual["data_access_expires_at"], float64(now.AddDate(0, 0, 90).Unix()))
	b.want("Page", usual["profile_id"], PageID)
	b.want("given for", at(usual["granular_scopes"], 0, "target_ids", 0), PageID)
	b.set("facebook", "token-ends", "2026-09-06T10:00:00Z")
	b.set("facebook", "data-access-ends", "2026-09-03T10:00:00Z")
	b.set("facebook", "lacks", "pages_messaging,instagram_basic")
	b.set("facebook", "targets", "other")
	told := look()
	b.want("valid", told["is_valid"], true)
	b.want("ends in five days", told["expires_at"], float64(now.AddDate(0, 0, 5).Unix()))
	b.want("data ends in two", told["data_access_expires_at"], float64(now.AddDate(0, 0, 2).Unix()))
	scopes := fmt.Sprint(told["scopes"])
	if strings.Contains(scopes, "pages_messaging") || strings.Contains(scopes, "instagram_basic") || !strings.Contains(scopes, "pages_manage_engagement") {
		t.Errorf("scopes %s", scopes)
	}
	if strings.Contains(fmt.Sprint(told["granular_scopes"]), PageID) {
		t.Error("given for another Page")
	}
	b.set("facebook", "targets", "none")
	b.want("no targets", at(look()["granular_scopes"], 0, "target_ids"), nil)
	b.set("facebook", "token", "460")
	b.want("dead", look()["is_valid"], false)
	b.want("why", at(look(), "error", "subcode"), 460.0)
}

func TestTokensEnd(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC).Unix())
	b := open(t, Options{Now: func() time.Time { return time.Unix(clock.Load(), 0) }})
	post, made := b.thread(1)
	media, commented := b.media(1)
	b.set("facebook", "token-ends", "2026-09-03T10:00:00Z")
	b.set("facebook", "data-access-ends", "2026-09-02T10:00:00Z")
	b.want("works", ids(at(b.get("/"+post+"/comments", ""), "data")), made[0])
	clock.Add(24 * 3600)
	b.want("no data", ids(at(b.get("/"+post+"/comments", ""), "data")), "")
	b.want("no item", at(b.get("/"+made[0], ""), "error", "error_subcode"), 33.0)
	b.want("no data of the account either", ids(at(b.get("/"+media+"/comments", ""), "data")), "")
	b.want("but with its own token", ids(at(b.get("/"+media+"/comments", itsOwn), "data")), commented[0])
	_, out := b.graph("POST", "/me/messages", privately(made[0], "x"))
	b.want("not privately", at(out, "error", "error_subcode"), 2018292.0)
	b.want("but valid", at(b.get("/me", ""), "id"), PageID)
	clock.Add(24 * 3600)
	b.want("ended", at(b.get("/me", ""), "error", "error_subcode"), 463.0)
	b.set("facebook", "token-ends", "never")
	for _, subcode := range []string{"458", "459", "460", "463", "464", "467", "492"} {
		b.set("facebook", "token", subcode)
		out := b.get("/me", "")
		b.want(subcode, fmt.Sprint(at(out, "error", "code"), " ", at(out, "error", "error_subcode")), "190 "+subcode)
	}
	b.set("facebook", "token", "102")
	b.want("102", at(b.get("/me", ""), "error", "code"), 102.0)
	b.set("facebook", "token", "good")
	b.set("facebook", "proof", "required")
	b.want("without proof", at(b.get("/me", ""), "error", "type"), "GraphMethodException")
	b.want("with proof", at(b.get("/me", "appsecret_proof="+proof(AppSecret, PageToken)), "id"), PageID)
}
