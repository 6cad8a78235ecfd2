"""The statements that Keystead ships: a starting text for counsel to own, not legal advice."""

from __future__ import annotations

from keystead.governance.types.acknowledgements import Question, Statement, Topic

_EVERY_BUSINESS_ROLE = frozenset(
    {"viewer", "kam", "director", "sales_ops", "marketing", "finance", "compliance"}
)
_SELLING = frozenset({"kam", "director", "sales_ops", "marketing", "finance", "compliance"})

STATEMENTS: tuple[Statement, ...] = (
    Statement(
        topic=Topic.CONDUCT,
        edition=1,
        roles=_EVERY_BUSINESS_ROLE,
        validity_months=12,
        title={"en": "Code of conduct", "zh-hans": "行为准则", "fr": "Code de conduite"},
        body={
            "en": "I neither give nor take an advantage to gain or keep business: no gift, "
            "payment or fee without a written agreement, a service rendered and its fair value.\n\n"
            "Discounts and rebates are written down, booked, and paid to the contracting entity "
            "only. Nothing follows what a doctor prescribes or a pharmacist recommends.\n\n"
            "I say so when I see otherwise; nobody who does is worse off for it.",
            "zh-hans": "我不以给予或接受好处的方式获取或维持业务：没有书面协议、"
            "真实服务和公允价值，就没有礼品、付款或费用。\n\n折扣和返利均须书面约定、如实入账，"
            "并且只支付给签约主体。任何利益都不得与医生处方或药师推荐挂钩。\n\n"
            "发现违规情形，我会如实报告；报告者不会因此受到不利对待。",
            "fr": "Je ne donne ni n'accepte aucun avantage pour obtenir ou garder une affaire : "
            "pas de cadeau, de paiement ni d'honoraires sans accord écrit, service rendu et juste "
            "valeur.\n\nLes remises et ristournes sont écrites, comptabilisées et versées à la "
            "seule entité contractante. Rien ne suit ce qu'un médecin prescrit ou qu'un "
            "pharmacien recommande.\n\nJe signale ce qui s'en écarte ; personne n'en subit de "
            "préjudice.",
        },
    ),
    Statement(
        topic=Topic.COMPETITION_LAW,
        edition=1,
        roles=_SELLING,
        validity_months=12,
        title={"en": "Competition law", "zh-hans": "竞争法", "fr": "Droit de la concurrence"},
        body={
            "en": "A reseller sets its own prices. I neither fix nor lower-bound them, and no "
            "benefit, target, supply or penalty hangs on them. A recommended price is free to be "
            "ignored.\n\nPrices of named resellers are for internal analysis only: they lead to no "
            "task, no call and no list of offenders, and they never leave the company.\n\n"
            "I share no price, volume, plan or terms of one customer with another, and none of "
            "ours with a competitor.",
            "zh-hans": "经销商自主定价。我不固定其价格，也不设定最低价，任何利益、目标、供货或处罚"
            "均不与其价格挂钩。建议价可以不被采纳。\n\n具名经销商的价格仅供内部分析："
            "不据此派发任务、致电或列出“乱价”名单，也绝不外传。\n\n我不向任何客户透露其他客户的"
            "价格、销量、计划或条款，也不向竞争对手透露我方的信息。",
            "fr": "Le revendeur fixe ses prix. Je ne les impose pas, ni ne leur fixe de plancher, "
            "et aucun avantage, objectif, livraison ou sanction n'en dépend. Un prix conseillé "
            "peut ne pas être suivi.\n\nLes prix de revendeurs nommés servent à la seule analyse "
            "interne : ils ne mènent à aucune tâche, aucun appel, aucune liste, et ne quittent "
            "jamais l'entreprise.\n\nJe ne communique à aucun client les prix, volumes, plans ou "
            "conditions d'un autre, ni les nôtres à un concurrent.",
        },
        quiz=(
            Question(
                {
                    "en": "A shop sells far below the recommended price. What do you do?",
                    "zh-hans": "一家店铺的售价远低于建议零售价，您怎么做？",
                    "fr": "Une boutique vend bien en dessous du prix conseillé. Que faites-vous ?",
                },
                (
                    {
                        "en": "Ask it to come back to the recommended price.",
                        "zh-hans": "要求其恢复建议零售价。",
                        "fr": "Lui demander de revenir au prix conseillé.",
                    },
                    {
                        "en": "Hold its next delivery back.",
                        "zh-hans": "暂停其下一批供货。",
                        "fr": "Retenir sa prochaine livraison.",
                    },
                    {
                        "en": "Nothing towards the shop: its price is its own.",
                        "zh-hans": "不对该店铺采取任何行动：定价权属于它。",
                        "fr": "Rien envers elle : son prix lui appartient.",
                    },
                ),
                2,
            ),
        ),
    ),
    Statement(
        topic=Topic.SAFETY,
        edition=1,
        roles=_EVERY_BUSINESS_ROLE,
        due_days=30,
        validity_months=24,
        title={
            "en": "Safety, health and environment",
            "zh-hans": "安全、健康与环境",
            "fr": "Sécurité, santé et environnement",
        },
        body={
            "en": "At a customer's site I follow the rules of the site. I report every accident "
            "and near miss the same day.\n\nI pass on any harm a product may have done to a "
            "patient to drug safety within 24 hours, whoever told me, without judging it myself.",
            "zh-hans": "在客户现场，我遵守现场规定；事故和险情当日上报。\n\n"
            "任何产品可能对患者造成的伤害，无论从何得知，我都会在 24 小时内转告药物安全部门，"
            "不自行判断。",
            "fr": "Chez un client, je suis les règles du site. Je signale chaque accident et "
            "presque-accident le jour même.\n\nTout dommage qu'un produit aurait causé à un "
            "patient est transmis à la pharmacovigilance sous 24 heures, d'où que vienne "
            "l'information, sans que j'en juge.",
        },
    ),
    Statement(
        topic=Topic.DATA_PROTECTION,
        edition=1,
        validity_months=12,
        title={"en": "Data protection", "zh-hans": "数据保护", "fr": "Protection des données"},
        body={
            "en": "I keep data about people only with a basis in law, for its purpose, and as long "
            "as that lasts. Data of patients does not belong here at all.\n\nA file with personal "
            "data stays inside the company and leaves my device when its purpose is over. A loss "
            "is reported at once.",
            "zh-hans": "我只在有法律依据、为特定目的、并在必要期限内保存个人数据。"
            "患者数据绝不应出现在这里。\n\n含个人数据的文件不得离开公司，目的达成后即从我的设备删除。"
            "如有遗失，立即报告。",
            "fr": "Je ne garde des données sur des personnes qu'avec une base légale, pour leur "
            "finalité et le temps qu'elle dure. Les données de patients n'ont pas leur place "
            "ici.\n\nUn fichier de données personnelles reste dans l'entreprise et quitte mon "
            "appareil quand sa finalité est atteinte. Une perte se signale aussitôt.",
        },
    ),
)
