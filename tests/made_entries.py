"""Entries made up for measuring: honest ones on real topics, and pairs of which one was made from the other."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from tests.search_sets import topics
from tracks.search import Document

SECTIONS = ("background", "scenario", "advantage", "foundation", "route", "benefit")
# What the form's own words and every contest's papers bring into each entry.
BOILERPLATE = (
    "本项目严格遵守《中华人民共和国网络安全法》《中华人民共和国数据安全法》《中华人民共和国个人信息保护法》等法律法规，"
    "建立健全数据分类分级保护制度，落实数据安全主体责任，确保数据来源合法、使用合规、流通安全可控。"
)
POLICY = (
    "《“数据要素×”三年行动计划（2024—2026年）》提出，充分发挥数据要素的放大、叠加、倍增作用，构建以数据为关键要素的数字经济，"
    "是推动高质量发展的必然要求。"
)
# Each group: words of one meaning, of which a paraphrase takes another.
SYNONYMS = [
    group.split()
    for group in """
建立 构建 搭建 打造|推动 促进 带动|提升 提高 增强|降低 减少 压降|实现 达成 完成|利用 运用 借助|开展 进行 实施
汇聚 归集 汇集|分析 研判 剖析|发现 识别 找出|形成 产出 得到|覆盖 涵盖 囊括|解决 破解 化解|支撑 支持 保障|优化 改进 改善
模型 算法模型|平台 系统|企业 公司|群众 市民 居民|部门 单位|数据 信息|流程 环节|成本 开支 费用|效率 效能|风险 隐患
问题 难题 困难|机制 制度|标准 规范|需求 诉求|成果 成效|能力 本领|范围 区域|基础 根基|方案 办法|过程 历程
目前 当前 现阶段|因此 所以 由此|同时 并且 另外|通过 经由|显著 明显 大幅|全面 全方位|及时 迅速 尽快|准确 精准 精确
主要 首要|逐步 渐次|持续 不断|有效 切实|共享 互通|监测 监控|预测 预判|调度 调配|巡查 巡检|采集 收集|清洗 整理|核验 校验
""".replace("\n", "|").split("|")
    if group
]
OTHERS = {word: [each for each in group if each != word] for group in SYNONYMS for word in group}
WORDS = list(OTHERS)
# Each four of them make the places that one team speaks of.
NAMES = re.findall(
    r"\S+",
    "岷江 沱江 青衣江 嘉陵江 大渡河 雅砻江 安宁河 涪江 渠江 锦城 天府 龙泉 青城 峨眉 剑门 阆中 "
    "乐至 安岳 泸定 稻城 理塘 若尔盖 红原 松潘 茂县 汶川 都江堰 郫都 温江 双流 新津 邛崃 蒲江 "
    "名山 荥经 汉源 石棉 甘洛 越西 喜德 冕宁 会理 米易 盐边 攀枝花 宜宾",
)
PARTICLES = list("的与和对在以为从由将并而")


@dataclass
class Made:
    """An entry: per section its sentences, each of clauses, each of words."""

    topic: Document
    sections: dict[str, list[list[list[str]]]]
    quotes: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        return {
            key: "".join("，".join("".join(clause) for clause in sentence) + "。" for sentence in sentences)
            + self.quotes.get(key, "")
            for key, sentences in self.sections.items()
        }


class Maker:
    """The same ``seed`` makes the same entries."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.topics = topics()
        self._phrases = {each.key: _phrases(each.body) for each in self.topics}
        self._all = [phrase for phrases in self._phrases.values() for phrase in phrases]

    def honest(self, topic: Document | None = None, length: int = 3000) -> Made:
        """With words of its own, phrases of its topic, and what everybody quotes."""
        topic = topic or self.rng.choice(self.topics)
        # What this team speaks of again and again: its own places and a few of its own terms.
        own = self.rng.sample(NAMES, 4) + self.rng.sample(self._all, 6)
        part = length // len(SECTIONS)
        sections = {key: self._section(topic, own, part) for key in SECTIONS}
        quotes = {"foundation": BOILERPLATE}
        if self.rng.random() < 0.6:
            quotes["background"] = POLICY
        if self.rng.random() < 0.7:
            quotes["scenario"] = topic.body
        return Made(topic, sections, quotes, (f"own-{self.rng.random()}",))

    def paraphrase(self, made: Made) -> Made:
        """Every fourth word or so by another of its meaning, clauses in another order, here and there one left out."""
        rng = self.rng
        sections = {}
        for key, sentences in made.sections.items():
            told = []
            for sentence in sentences:
                clauses = [[self._reworded(word) for word in clause] for clause in sentence if rng.random() > 0.08]
                rng.shuffle(clauses)
                if clauses:
                    told.append(clauses)
            sections[key] = told
        return Made(made.topic, sections, made.quotes, (f"own-{rng.random()}",))

    def shuffled(self, made: Made) -> Made:
        """The same texts in other sections, sentences in another order."""
        keys = list(made.sections)
        self.rng.shuffle(keys)
        moved = {}
        for key, source in zip(made.sections, keys, strict=True):
            moved[key] = self.rng.sample(made.sections[source], len(made.sections[source]))
        return Made(made.topic, moved, made.quotes, (f"own-{self.rng.random()}",))

    def with_copied_section(self, made: Made) -> Made:
        """An honest entry but for one section."""
        new = self.honest(made.topic)
        key = self.rng.choice(SECTIONS)
        new.sections[key] = made.sections[key]
        return new

    def with_copied_file(self, made: Made) -> Made:
        new = self.honest(made.topic)
        return Made(new.topic, new.sections, new.quotes, made.files)

    def _section(self, topic: Document, own: list[str], length: int) -> list[list[list[str]]]:
        sentences, written = [], 0
        while written < length:
            sentence = [self._clause(topic, own) for _each in range(self.rng.randint(2, 4))]
            sentences.append(sentence)
            written += sum(len(word) for clause in sentence for word in clause) + len(sentence)
        return sentences

    def _clause(self, topic: Document, own: list[str]) -> list[str]:
        words = []
        for _each in range(self.rng.randint(3, 6)):
            dice = self.rng.random()
            if dice < 0.55:
                words.append(self.rng.choice(WORDS))
            elif dice < 0.68:
                words.append(self.rng.choice(PARTICLES))
            elif dice < 0.80:
                words.append(self.rng.choice(self._phrases[topic.key]))
            elif dice < 0.88:
                words.append(self.rng.choice(self._all))
            elif dice < 0.95:
                words.append(self.rng.choice(own))
            else:
                words.append(f"{self.rng.randint(2, 9999)}{self.rng.choice('个项次户万')}")
        return words

    def _reworded(self, word: str) -> str:
        others = OTHERS.get(word)
        return self.rng.choice(others) if others and self.rng.random() < 0.45 else word


def _phrases(body: str) -> list[str]:
    """What stands between punctuation and the commonest particles: two to nine characters."""
    found = re.split(r"[\s，。；：、（）“”《》]|的|和|与|等|及|为|在", body)
    return [phrase for phrase in found if 2 <= len(phrase) <= 9] or ["数据要素"]
