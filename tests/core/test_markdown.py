"""What organizers write stays text, however it is meant."""

import re

import pytest

from portal.core.markdown import to_html, to_text


def hrefs(html):
    return re.findall(r'href="([^"]*)"', html)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "段落\n\n<iframe src='https://example.com'></iframe>",
        "`<script>`",
        "| <script> |\n|---|\n| <style>a{} |",
    ],
)
def test_html_is_shown_as_it_was_typed(text):
    assert not re.search(r"<(script|img|svg|iframe|style)", to_html(text))


@pytest.mark.parametrize(
    "link",
    [
        "[按此](javascript:alert(1))",
        "[按此](JaVaScRiPt:alert(1))",
        "[按此](&#106;avascript:alert(1))",
        "[按此](java\nscript:alert(1))",
        "[按此](data:text/html;base64,PHNjcmlwdD4=)",
        "[按此](data:image/svg+xml;base64,PHN2Zz4=)",
        "[按此](vbscript:msgbox)",
        "[按此](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "[按此][1]\n\n[1]: javascript:alert(1)",
    ],
)
def test_an_address_that_runs_something_makes_no_link(link):
    assert hrefs(to_html(link)) == []


@pytest.mark.parametrize("address", ["https://example.cn/a", "http://example.cn", "//example.cn/a"])
def test_a_link_to_elsewhere_vouches_for_nobody(address):
    assert to_html(f"[来源]({address})") == f'<p><a href="{address}" rel="nofollow noopener">来源</a></p>\n'


@pytest.mark.parametrize("address", ["/sichuan-2026/faq/", "#below", "?page=2", "mailto:contest@example.cn"])
def test_a_link_inside_the_portal_is_plain(address):
    assert to_html(f"[问答]({address})") == f'<p><a href="{address}">问答</a></p>\n'


def test_a_backslash_makes_no_way_out():
    assert hrefs(to_html("[来源](/\\example.cn)")) == ["/%5Cexample.cn"]


def test_a_title_of_a_link_stays_inside_its_quotes():
    assert to_html("[a](/b '\" onclick=alert(1)')") == '<p><a href="/b" title="&quot; onclick=alert(1)">a</a></p>\n'


@pytest.mark.parametrize("source", ["https://example.cn/x.png", "/static/img/mark.svg", "data:image/png;base64,AAAA"])
def test_a_picture_is_its_words(source):
    assert to_html(f"![奖杯 <b>]({source})") == "<p>奖杯 &lt;b&gt;</p>\n"


def test_template_syntax_is_text():
    assert to_html("{{ 7|add:7 }} {% now 'Y' %}") == "<p>{{ 7|add:7 }} {% now 'Y' %}</p>\n"


def test_the_highest_heading_takes_the_level_the_page_has_free():
    assert re.findall(r"<h\d", to_html("## 一\n\n### 二\n\n###### 三", 3)) == ["<h3", "<h4", "<h6"]


def test_a_new_line_is_a_new_line():
    assert to_html("第一行\n第二行") == "<p>第一行<br>\n第二行</p>\n"


def test_a_table_scrolls_in_its_frame_and_carries_no_style():
    html = to_html("| 赛道 | 数 |\n|:--|--:|\n| 交通 | 12 |")

    assert html.startswith('<div class="table-wrap" tabindex="0"><table class="table">')
    assert "style" not in html


def test_four_byte_characters_survive():
    assert to_html("𠮷野家 🏆") == "<p>𠮷野家 🏆</p>\n"


def test_an_excerpt_is_words_alone():
    assert to_text("# 通知\n\n**重要**：见[指南](/a) & <b>\n- 一\n- 二") == "通知 重要：见指南 & <b> 一 二"


def test_an_excerpt_of_code_is_the_code():
    assert to_text("`&lt;script&gt;`") == "&lt;script&gt;"
