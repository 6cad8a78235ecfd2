"""Headers that senders really write, by field: English, Chinese, French.

Compared after folding case, width, blanks and punctuation, so each is listed once. A header
may stand under two fields (编码 is an account's or a product's): the reader then asks.
"""

from __future__ import annotations


def _split(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("|") if part.strip())


HEADERS: dict[str, tuple[str, ...]] = {
    name: _split(text)
    for name, text in {
        "account": """account|account code|account id|account no|account number|acct|customer
|customer code|customer id|customerid|customer no|customer number|cust no|cust id|client
|client code|client id|sold to|sold-to party|ship to|ship-to party|bill to|payer
|trading partner|partner code|debtor|debtor no|kunnr|institution id|institution code
|subscriber id|customer_id|客户|客户编码|客户编号|客户代码|客户号|客户ID|往来单位编码|往来单位
|购货单位编码|单位编码|渠道编码|平台编码|商户编号|机构编码|医院编码|药店编码|门店编码
|代码 client|code client|n° client|no client|numéro client|numero client|réf client|compte
|code compte|numéro de compte|code établissement|identifiant client|code tiers""",
        "account_name": """account name|customer name|client name|sold to name|ship to name
|partner name|institution|institution name|organisation|organization|company name|hospital
|hospital name|university|customer_name|客户名称|客户全称|客户简称|购货单位|购货单位名称
|单位名称|往来单位名称|渠道|渠道名称|平台|平台名称|医院|医院名称|机构名称|公司名称|药店名称
|nom du client|nom client|raison sociale|libellé client|intitulé client|établissement
|nom de l'établissement|intitulé du compte""",
        "product": """product|product code|product id|product no|product number|item|item code
|item id|item no|item number|stock code|stockcode|sku|sku code|sku id|sku no|seller sku
|article|article no|article number|material|material no|material number|matnr|part number
|asin|gtin|ean|ean code|ean13|upc|barcode|bar code|ndc|cip|cip13|cip7|isbn|issn|title id
|product_id|货品编码|商品编码|商品编号|商品代码|商品ID|商品id|产品编码|产品编号|产品代码
|药品编码|药品代码|药品编号|物料编码|物料号|物料编号|货号|存货编码|条码|条形码|商品条码|69码
|批准文号|国药准字|宝贝ID|规格编码|code produit|code article|référence|réf|ref|réf produit
|référence article|référence produit|réf. article|code barre|code-barres|code cip
|code ean|désignation code""",
        "product_name": """product name|product description|description|item name
|item description|article description|material description|title|product title|item title
|sku name|drug name|trade name|brand name|generic name|journal|journal title|resource
|resource name|platform title|商品名称|产品名称|药品名称|品名|货品名称|物料名称|物料描述
|存货名称|商品名|商品标题|标题|宝贝标题|宝贝名称|通用名|商品全称|名称|désignation
|désignation article|désignation produit|libellé|libellé produit|libellé article
|nom du produit|nom produit|intitulé|titre|produit|dénomination""",
        "date": """date|day|posting date|invoice date|invoicedate|document date|doc date
|billing date|transaction date|order date|sales date|sale date|ship date|shipment date
|shipped date|delivery date|period|month|year month|yearmonth|year-month|week|week start
|start date|update time|updatetime|created at|timestamp|as of|as of date|snapshot date
|report date|reporting period|stock date|count date|scrape date|crawl date|expense date
|日期|单据日期|开票日期|发票日期|过账日期|销售日期|销售时间|购药时间|购药日期|交易日期|交易时间
|订单日期|下单时间|下单日期|订单创建时间|订单付款时间|付款时间|支付时间|出库日期|发货日期
|业务日期|制单日期|入账日期|月份|年月|期间|会计期间|统计日期|统计月份|截止日期|库存日期
|盘点日期|更新时间|采集时间|抓取时间|更新日期|date de facture|date facture|date facturation
|date de facturation|date comptable|date document|date du document|date de commande
|date commande|date de vente|date de livraison|date livraison|date d'expédition|jour|mois
|période|exercice période|date de valeur|date d'opération|date relevé|date de relevé
|date inventaire|date de stock|date pièce""",
        "doc_no": """document|document no|document number|doc no|doc number|doc|invoice
|invoice no|invoiceno|invoice number|invoice id|billing document|voucher|voucher no
|order|order no|order id|order number|orderid|transaction id|transaction no|receipt no
|delivery note|credit note|reference no|line id|belegnummer|vbeln|单号|单据号|单据编号
|发票号|发票号码|订单号|订单编号|订单ID|出库单号|销售单号|凭证号|凭证编号|交易号|流水号
|合同号|小票号|n° facture|no facture|numéro de facture|numéro facture|facture|n° pièce
|numéro de pièce|pièce|n° document|numéro de document|n° commande|numéro de commande
|commande|n° avoir|bon de livraison|n° bl|n° écriture""",
        "quantity": """quantity|qty|qty.|units|unit qty|volume|pieces|pcs|packs|boxes|cases
|invoiced quantity|invoiced qty|billed quantity|sales quantity|sales qty|sold qty
|quantity sold|units sold|ordered units|orderedunits|shipped units|shippedunits
|ordered quantity|shipped quantity|qty sold|net units|usage|requests
|total item requests|unique item requests|reporting_period_total|数量|销售数量|销量|件数
|出库件数|出库数量|开票数量|发票数量|下单件数|支付件数|购买数量|发货数量|实发数量|基本数量
|盒数|瓶数|支数|净销量|总销量|销售量|quantité|quantite|qté|qte|qté facturée
|quantité facturée|quantité vendue|qté vendue|quantité livrée|quantité commandée|unités
|nombre d'unités|volume vendu|nb boîtes|nombre de boîtes|ventes unités""",
        "unit": """unit|uom|unit of measure|base unit|sales unit|pack unit|measure unit|单位
|计量单位|销售单位|基本单位|包装单位|unité|unité de mesure|unité de vente|udm|u.m.""",
        "unit_price": """unit price|unitprice|price|price per unit|net price|invoice price
|selling price|sales price|list price|unit net price|price each|单价|销售单价|含税单价
|不含税单价|成交单价|开票单价|供货价|结算价|价格|prix unitaire|pu|p.u.|pu ht|prix unitaire ht
|prix net|prix|prix de vente|prix facturé|tarif unitaire""",
        "value": """value|amount|net amount|net value|line amount|line total|line value|total
|total amount|sales|sales amount|sales value|net sales|revenue|turnover|invoice amount
|invoiced amount|gross amount|extended price|ordered revenue|orderedrevenue
|shipped revenue|shippedrevenue|amount paid|paid amount|price paid|fee|subscription fee
|annual fee|金额|销售金额|销售额|含税金额|不含税金额|价税合计|总金额|实收金额|实付金额
|买家实际支付金额|支付金额|成交金额|交易金额|开票金额|发票金额|净额|GMV|销售收入|合计金额
|montant|montant ht|montant net|montant ttc|montant facturé|total ht|total|valeur
|chiffre d'affaires|chiffre affaires|ca|ca ht|ca net|net ht|montant total
|montant ligne|redevance|abonnement|应收金额""",
        "currency": """currency|currency code|curr|cur|ccy|iso currency|invoice currency
|document currency|waers|币种|货币|币别|结算币种|货币代码|devise|code devise|monnaie""",
        "is_return": """is return|return|return flag|returned flag|credit|credit flag
|transaction type|document type|doc type|line type|是否退货|退货标志|退货|单据类型|业务类型
|红冲|退款标志|retour|avoir|type de document|type de pièce|indicateur retour""",
        "channel": """channel|sales channel|distribution channel|business channel|channel type
|trade channel|渠道|渠道类型|销售渠道|业务渠道|终端类型|canal|canal de vente
|canal de distribution|circuit""",
        "buyer": """buyer|buyer name|ship to customer|end customer|downstream customer
|purchaser|destination|consignee|receiver|采购单位|购买方|买方|下游客户|下游客户名称|终端
|终端名称|流向客户|收货单位|收货方|客户名称|acheteur|client final|destinataire
|client livré|nom acheteur""",
        "buyer_tier": """tier|buyer tier|level|customer level|distribution level|级别|商业级别
|客户级别|层级|经销商级别|niveau|rang|niveau de distribution""",
        "outlet": """outlet|store|shop|store id|store no|store code|store name|shop id
|shop name|branch|branch code|point of sale|pos|site|location name|门店|门店名称|门店编号
|店铺|店铺名称|分店|药店|药店名称|网点|magasin|point de vente|pdv|boutique|officine
|code magasin|pharmacie|enseigne""",
        "basis": """basis|sales basis|measure basis|view|口径|统计口径|订单状态|状态口径
|base|base de calcul|statut commande""",
        "location": """location|warehouse|warehouse code|warehouse name|storage location|plant
|depot|dc|fulfilment centre|fulfillment center|仓库|仓库名称|仓库编码|库位|库房|仓别|entrepôt
|dépôt|magasin|lieu de stockage|site logistique""",
        "opening": """opening|opening stock|opening balance|beginning stock|start stock
|opening quantity|期初|期初库存|期初数量|上期结存|期初结存|stock initial|stock d'ouverture
|stock début|ouverture""",
        "received": """received|receipts|purchases|inbound|received quantity|goods received
|purchased|购进|购进数量|入库|入库数量|进货|进货数量|采购数量|本期购进|收货数量|reçu|réceptions
|entrées|achats|quantité reçue|entrées stock""",
        "returned": """returned|purchase returns|returned to supplier|supplier returns|退货
|购进退货|进货退出|采购退货|退供应商|退厂|retourné|retours fournisseur|retour fournisseur""",
        "sold": """sold|sales out|issues|outbound|sold quantity|sales units|销售|销售数量
|出库|出库数量|本期销售|销出数量|vendu|sorties|ventes|quantité vendue|sorties stock""",
        "customer_returned": """customer returns|customerreturns|customer returned
|sales returns|returns from customers|销售退回|销售退货|客户退货|销退数量|retours clients
|retour client""",
        "adjusted": """adjusted|adjustment|adjustments|other|stock adjustment
|inventory adjustment|调整|其他|盘盈盘亏|损益|其他出入库|ajustement|ajustements|régularisation
|écart d'inventaire|autres mouvements""",
        "shop": """shop|shop name|store|store name|seller|seller name|merchant|retailer
|marketplace|店名|店铺|店铺名|店铺名称|商家|卖家|卖家昵称|平台|掌柜|boutique|vendeur|enseigne
|marchand|site marchand|nom du magasin""",
        "item": """item|item id|id|listing id|offer id|product id|sku|asin|url|link|商品ID
|商品id|宝贝ID|链接|商品链接|商品编号|编号|identifiant|id article|référence|annonce|lien""",
        "price": """price|current price|sale price|selling price|promo price|promotion price
|shelf price|offer price|final price|consumer price|价格|售价|现价|到手价|券后价|促销价|活动价
|销售价|零售价|成交价|prix|prix de vente|prix promo|prix actuel|prix public|prix ttc
|prix affiché""",
        "regular_price": """regular price|list price|original price|was price|rrp|msrp
|recommended price|base price|crossed price|原价|标价|划线价|吊牌价|市场价|日常价|建议零售价
|prix barré|prix normal|prix conseillé|prix catalogue|prix de référence|prix initial""",
        "sales_count": """sale count|sales count|sold count|sales|monthly sales|units sold
|orders|销量|月销量|总销量|销售数|付款人数|月销|已售|ventes|nombre de ventes|nb ventes""",
        "comment_count": """comment count|comments|reviews|review count|ratings|rating count
|评论数|评价数|累计评价|评论|评价|commentaires|avis|nombre d'avis|nb avis""",
        "in_stock": """in stock|availability|available|stock status|buyable|是否有货|有货|现货
|库存状态|en stock|disponible|disponibilité""",
        "campaign": """campaign|campaign name|campaign code|promotion|promo|promotion name
|activity|activity name|event|programme|program|活动|活动名称|活动编号|促销|促销活动|项目
|项目名称|campagne|nom de campagne|opération|opération commerciale|action""",
        "category": """category|expense category|expense type|cost category|type|account type
|gl account name|segment|class|therapeutic class|atc|market|subject|类别|品类|类目|费用类别
|费用类型|费用科目|科目|费用项目|种类|产品类别|治疗领域|catégorie|type de dépense
|nature de dépense|nature|poste|famille|classe|rubrique|marché""",
        "status": """status|state|stage|expense status|listing status|状态|费用状态|进度|上架状态
|商品状态|statut|état|étape|situation""",
        "kind": """kind|cost kind|cost type|type|cost element|成本类型|成本类别|费用类型|成本项目
|type de coût|nature du coût|nature""",
        "unit_cost": """unit cost|cost|cost price|standard cost|cogs per unit|std cost
|单位成本|成本价|标准成本|成本单价|进价|coût unitaire|coût|coût de revient|prix de revient
|coût standard""",
        "metric": """metric|measure|kpi|indicator|target type|指标|目标类型|考核指标|kpi名称
|indicateur|mesure|type d'objectif|objectif de""",
        "low": """low|p10|low end|lower bound|lo80|worst case|下限|预测下限|最低预测|borne basse
|bas|fourchette basse|hypothèse basse""",
        "high": """high|p90|high end|upper bound|hi80|best case|上限|预测上限|最高预测|borne haute
|haut|fourchette haute|hypothèse haute""",
        "company": """company|manufacturer|corporation|supplier|vendor|competitor|brand owner
|publisher|公司|企业|厂家|厂商|生产企业|生产厂家|品牌商|竞争对手|société|laboratoire|fabricant
|fournisseur|concurrent|éditeur""",
        "is_own": """is own|own|ours|own product|是否本公司|本品|自有|本公司|propre|interne
|nos produits""",
    }.items()
}

# Headers that mean something else, or only something, in one dataset.
IN_DATASET: dict[tuple[str, str], tuple[str, ...]] = {
    ("flow", "account"): _split(
        """seller|seller code|distributor|distributor code|distributor id|dealer|wholesaler
|wholesaler code|from|商业公司编码|经销商编码|销售方编码|一级商编码|供应商编码|distributeur
|code distributeur|grossiste|code grossiste|dépositaire"""
    ),
    ("flow", "account_name"): _split(
        """seller name|distributor name|dealer name|wholesaler name|商业公司|商业公司名称|经销商
|经销商名称|销售方|销售方名称|供货单位|发货单位|一级商|nom distributeur|nom du grossiste
|vendeur"""
    ),
    ("stock", "quantity"): _split(
        """closing|closing stock|closing balance|closing quantity|closing inventory|ending stock
|ending inventory|ending balance|end stock|stock|stock on hand|on hand|on-hand|on hand quantity
|soh|inventory|sellable on hand|available stock|stock qty|stock quantity|inventory quantity
|期末|期末库存|期末库存数量|期末数量|期末结存|本期结存|结存|结存数量|结余|结余数量|库存|库存数量
|库存量|现货库存|现存量|可用库存|当前库存|实际库存|月末库存|stock final|stock de clôture
|stock fin|stock fin de mois|stock de fin|stock de fin de mois|stock de fin de période
|stock disponible|stock physique|stock réel|quantité en stock|en stock"""
    ),
    ("stock", "opening"): _split(
        """opening inventory|beginning inventory|beginning balance|initial stock|start of month
|stock at start|期初库存数量|期初结余|月初库存|上月库存|上月结存|上期库存|stock début de mois
|stock de début|stock de début de mois|stock de départ|stock d'ouverture de mois"""
    ),
    ("stock", "received"): _split(
        """receipts quantity|received units|purchase quantity|purchases quantity|deliveries
|stock in|in|本期入库|本期进货|进货|进货量|入库量|购入|购入数量|采购入库|到货数量|收货|livraisons
|quantité achetée|quantité entrée|qté reçue|qté entrée|approvisionnements"""
    ),
    ("stock", "returned"): _split(
        """returns to supplier|return to vendor|returned to vendor|vendor returns|退供|退供数量
|退货给供应商|购进退出|采购退货数量|retours au fournisseur|rendus fournisseur"""
    ),
    ("stock", "sold"): _split(
        """sales|sales quantity|sales qty|sold qty|quantity sold|units sold|qty sold|sold units
|sell out|sell-out|sell out quantity|off take|offtake|shipped units|shipped quantity|dispatched
|销量|销售量|净销量|总销量|本期销量|本期出库|销售出库|销售件数|出库件数|出库量|发货数量
|实发数量|开票数量|支付件数|quantités vendues|qté vendue|qté vendues|qté sortie|unités vendues
|volume vendu|ventes unités|ventes en unités|nombre de ventes|quantité sortie"""
    ),
    ("stock", "customer_returned"): _split(
        """customer return|customer returns quantity|returned by customers|sales return
|sales returns quantity|销退|客退|客退数量|顾客退货|销售退货数量|retours de clients
|retours des clients|retours sur ventes"""
    ),
    ("stock", "adjusted"): _split(
        """adjustment quantity|stock adjustments|inventory adjustments|stock correction|corrections
|盘点调整|库存调整|调整数量|盘点差异|盘盈|盘亏盘盈|corrections de stock|ajustement de stock
|ajustements de stock|régularisations|écarts d'inventaire"""
    ),
    ("stock", "value"): _split(
        """stock value|inventory value|closing value|库存金额|期末金额|结存金额|valeur de stock
|valeur du stock|stock valorisé"""
    ),
    ("expense", "value"): _split(
        """expense|expense amount|spend|cost|budget|planned amount|committed amount
|actual amount|费用|费用金额|预算|预算金额|实际金额|核销金额|报销金额|dépense|dépenses
|montant dépensé|budget engagé|coût"""
    ),
    ("cost", "value"): _split(
        """cost|total cost|cost amount|cogs|logistics cost|成本|成本金额|总成本|物流费|运费
|coût total|montant du coût|frais"""
    ),
    ("target", "value"): _split(
        """target|target value|target amount|goal|quota|budget|plan|plan value|objective
|目标|目标金额|销售目标|任务|任务额|指标金额|预算|计划金额|objectif|objectif ca|montant objectif
|cible|budget"""
    ),
    ("target", "quantity"): _split(
        """target units|target quantity|target volume|plan units|目标数量|目标销量|任务数量|计划数量
|objectif quantité|objectif unités|objectif volume"""
    ),
    ("market", "value"): _split(
        """market value|category sales|mat value|ytd value|lc value|市场规模|市场销售额|品类销售额
|类目销售额|taille du marché|valeur du marché|ca marché"""
    ),
    ("market", "quantity"): _split(
        """market units|category units|standard units|counting units|su|市场销量|品类销量|标准单位
|unités marché|volume du marché"""
    ),
    ("off_take", "account"): _split(
        """platform|retailer|retailer code|chain|chain code|连锁编码|零售商编码|平台|enseigne
|code enseigne"""
    ),
    ("off_take", "value"): _split("""实收金额|实付金额|零售额|零售金额|consumer value|ca ttc"""),
}

# What a plain "quantity" may be called where it is not what was sold: a stock file's other
# columns say what was sold, received or sent back, and none of these is the closing stock.
_PLAIN_QUANTITY = _split(
    """quantity|qty|qty.|units|unit qty|pieces|pcs|packs|boxes|cases|数量|件数|基本数量|盒数|瓶数
|支数|quantité|quantite|qté|qte|unités|nombre d'unités|nb boîtes|nombre de boîtes"""
)
INSTEAD: dict[tuple[str, str], tuple[str, ...]] = {("stock", "quantity"): _PLAIN_QUANTITY}

# Headers that say one of several fields and not which: a person is asked.
UNCLEAR: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {
    "stock": {
        _split(
            """return|returns|returned|returned quantity|return quantity|returns quantity
|退货|退货数|退货数量|退回|退回数量|本期退货|retour|retours|retourné|quantité retournée
|qté retournée"""
        ): ("returned", "customer_returned"),
    }
}

# Losses are written without a sign, and take away: (dataset, field) -> headers.
LOSSES: dict[tuple[str, str], tuple[str, ...]] = {
    ("stock", "adjusted"): _split(
        """loss|losses|damaged|damages|breakage|shrinkage|write-off|write offs|written off|expired
|损耗|损耗数量|报损|报损数量|报废|报废数量|盘亏|破损|过期报废|perte|pertes|casse|démarque
|périmés|mises au rebut"""
    )
}


def own_headers(dataset: str, field: str) -> tuple[str, ...]:
    """Return the headers that mean a field in this dataset before all others.

    >>> "期末库存" in own_headers("stock", "quantity")
    True
    """
    return IN_DATASET.get((dataset, field), ())


def unclear_headers(dataset: str, field: str) -> tuple[str, ...]:
    """Return the headers of which the field is only one of the meanings.

    >>> "退货" in unclear_headers("stock", "customer_returned")
    True
    """
    groups = UNCLEAR.get(dataset, {}).items()
    return tuple(word for words, fields in groups if field in fields for word in words)


def headers_for(dataset: str, field: str) -> tuple[str, ...]:
    """Return the known headers of a field in a dataset, the dataset's own first.

    >>> "单价" in headers_for("sell_in", "unit_price")
    True
    """
    generic = INSTEAD.get((dataset, field), HEADERS.get(field, ()))
    unclear = set(unclear_headers(dataset, field))
    return (
        *own_headers(dataset, field),
        *LOSSES.get((dataset, field), ()),
        *(word for word in generic if word not in unclear),
    )
