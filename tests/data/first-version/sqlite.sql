BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(2,'tables','2026-11-27 23:36:23',1,X'077F5C2A5D2B6EB75FE7B46A9EDD466F01ACE1BA40FC2A6E4846252EAF83D95EABE5BFDE3021B2382490135D675C3AC5',4924648);
CREATE TABLE calendar (
    version TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    in_force_from_us BIGINT NOT NULL,
    loaded_at_us BIGINT NOT NULL
);
INSERT INTO "calendar" VALUES('cn-2026.1','version = "cn-2026.1"
zone = "Asia/Shanghai"
from = 2004-01-01
to = 2028-12-31
final_to = 2026-11-30
day_ends = "midnight"
rest_weekdays = ["sat", "sun"]
rest = [
  { date = 2004-01-01, name = "元旦" },
  { date = 2004-01-22, name = "春节" },
  { date = 2004-01-23, name = "春节" },
  { date = 2004-01-24, name = "春节" },
  { date = 2004-01-25, name = "春节" },
  { date = 2004-01-26, name = "春节" },
  { date = 2004-01-27, name = "春节" },
  { date = 2004-01-28, name = "春节" },
  { date = 2004-05-01, name = "劳动节" },
  { date = 2004-05-02, name = "劳动节" },
  { date = 2004-05-03, name = "劳动节" },
  { date = 2004-05-04, name = "劳动节" },
  { date = 2004-05-05, name = "劳动节" },
  { date = 2004-05-06, name = "劳动节" },
  { date = 2004-05-07, name = "劳动节" },
  { date = 2004-10-01, name = "国庆节" },
  { date = 2004-10-02, name = "国庆节" },
  { date = 2004-10-03, name = "国庆节" },
  { date = 2004-10-04, name = "国庆节" },
  { date = 2004-10-05, name = "国庆节" },
  { date = 2004-10-06, name = "国庆节" },
  { date = 2004-10-07, name = "国庆节" },
  { date = 2005-01-01, name = "元旦" },
  { date = 2005-01-02, name = "元旦" },
  { date = 2005-01-03, name = "元旦" },
  { date = 2005-02-09, name = "春节" },
  { date = 2005-02-10, name = "春节" },
  { date = 2005-02-11, name = "春节" },
  { date = 2005-02-12, name = "春节" },
  { date = 2005-02-13, name = "春节" },
  { date = 2005-02-14, name = "春节" },
  { date = 2005-02-15, name = "春节" },
  { date = 2005-05-01, name = "劳动节" },
  { date = 2005-05-02, name = "劳动节" },
  { date = 2005-05-03, name = "劳动节" },
  { date = 2005-05-04, name = "劳动节" },
  { date = 2005-05-05, name = "劳动节" },
  { date = 2005-05-06, name = "劳动节" },
  { date = 2005-05-07, name = "劳动节" },
  { date = 2005-10-01, name = "国庆节" },
  { date = 2005-10-02, name = "国庆节" },
  { date = 2005-10-03, name = "国庆节" },
  { date = 2005-10-04, name = "国庆节" },
  { date = 2005-10-05, name = "国庆节" },
  { date = 2005-10-06, name = "国庆节" },
  { date = 2005-10-07, name = "国庆节" },
  { date = 2006-01-01, name = "元旦" },
  { date = 2006-01-02, name = "元旦" },
  { date = 2006-01-03, name = "元旦" },
  { date = 2006-01-29, name = "春节" },
  { date = 2006-01-30, name = "春节" },
  { date = 2006-01-31, name = "春节" },
  { date = 2006-02-01, name = "春节" },
  { date = 2006-02-02, name = "春节" },
  { date = 2006-02-03, name = "春节" },
  { date = 2006-02-04, name = "春节" },
  { date = 2006-05-01, name = "劳动节" },
  { date = 2006-05-02, name = "劳动节" },
  { date = 2006-05-03, name = "劳动节" },
  { date = 2006-05-04, name = "劳动节" },
  { date = 2006-05-05, name = "劳动节" },
  { date = 2006-05-06, name = "劳动节" },
  { date = 2006-05-07, name = "劳动节" },
  { date = 2006-10-01, name = "国庆节" },
  { date = 2006-10-02, name = "国庆节" },
  { date = 2006-10-03, name = "国庆节" },
  { date = 2006-10-04, name = "国庆节" },
  { date = 2006-10-05, name = "国庆节" },
  { date = 2006-10-06, name = "国庆节" },
  { date = 2006-10-07, name = "国庆节" },
  { date = 2007-01-01, name = "元旦" },
  { date = 2007-01-02, name = "元旦" },
  { date = 2007-01-03, name = "元旦" },
  { date = 2007-02-18, name = "春节" },
  { date = 2007-02-19, name = "春节" },
  { date = 2007-02-20, name = "春节" },
  { date = 2007-02-21, name = "春节" },
  { date = 2007-02-22, name = "春节" },
  { date = 2007-02-23, name = "春节" },
  { date = 2007-02-24, name = "春节" },
  { date = 2007-05-01, name = "劳动节" },
  { date = 2007-05-02, name = "劳动节" },
  { date = 2007-05-03, name = "劳动节" },
  { date = 2007-05-04, name = "劳动节" },
  { date = 2007-05-05, name = "劳动节" },
  { date = 2007-05-06, name = "劳动节" },
  { date = 2007-05-07, name = "劳动节" },
  { date = 2007-10-01, name = "国庆节" },
  { date = 2007-10-02, name = "国庆节" },
  { date = 2007-10-03, name = "国庆节" },
  { date = 2007-10-04, name = "国庆节" },
  { date = 2007-10-05, name = "国庆节" },
  { date = 2007-10-06, name = "国庆节" },
  { date = 2007-10-07, name = "国庆节" },
  { date = 2007-12-30, name = "元旦" },
  { date = 2007-12-31, name = "元旦" },
  { date = 2008-01-01, name = "元旦" },
  { date = 2008-02-06, name = "春节" },
  { date = 2008-02-07, name = "春节" },
  { date = 2008-02-08, name = "春节" },
  { date = 2008-02-09, name = "春节" },
  { date = 2008-02-10, name = "春节" },
  { date = 2008-02-11, name = "春节" },
  { date = 2008-02-12, name = "春节" },
  { date = 2008-04-04, name = "清明节" },
  { date = 2008-04-05, name = "清明节" },
  { date = 2008-04-06, name = "清明节" },
  { date = 2008-05-01, name = "劳动节" },
  { date = 2008-05-02, name = "劳动节" },
  { date = 2008-05-03, name = "劳动节" },
  { date = 2008-06-07, name = "端午节" },
  { date = 2008-06-08, name = "端午节" },
  { date = 2008-06-09, name = "端午节" },
  { date = 2008-09-13, name = "中秋节" },
  { date = 2008-09-14, name = "中秋节" },
  { date = 2008-09-15, name = "中秋节" },
  { date = 2008-09-29, name = "国庆节" },
  { date = 2008-09-30, name = "国庆节" },
  { date = 2008-10-01, name = "国庆节" },
  { date = 2008-10-02, name = "国庆节" },
  { date = 2008-10-03, name = "国庆节" },
  { date = 2008-10-04, name = "国庆节" },
  { date = 2008-10-05, name = "国庆节" },
  { date = 2009-01-01, name = "元旦" },
  { date = 2009-01-02, name = "元旦" },
  { date = 2009-01-03, name = "元旦" },
  { date = 2009-01-25, name = "春节" },
  { date = 2009-01-26, name = "春节" },
  { date = 2009-01-27, name = "春节" },
  { date = 2009-01-28, name = "春节" },
  { date = 2009-01-29, name = "春节" },
  { date = 2009-01-30, name = "春节" },
  { date = 2009-01-31, name = "春节" },
  { date = 2009-04-04, name = "清明节" },
  { date = 2009-04-05, name = "清明节" },
  { date = 2009-04-06, name = "清明节" },
  { date = 2009-05-01, name = "劳动节" },
  { date = 2009-05-02, name = "劳动节" },
  { date = 2009-05-03, name = "劳动节" },
  { date = 2009-05-28, name = "端午节" },
  { date = 2009-05-29, name = "端午节" },
  { date = 2009-05-30, name = "端午节" },
  { date = 2009-10-01, name = "国庆节" },
  { date = 2009-10-02, name = "国庆节" },
  { date = 2009-10-03, name = "中秋节" },
  { date = 2009-10-04, name = "国庆节" },
  { date = 2009-10-05, name = "国庆节" },
  { date = 2009-10-06, name = "国庆节" },
  { date = 2009-10-07, name = "国庆节" },
  { date = 2009-10-08, name = "国庆节" },
  { date = 2010-01-01, name = "元旦" },
  { date = 2010-01-02, name = "元旦" },
  { date = 2010-01-03, name = "元旦" },
  { date = 2010-02-13, name = "春节" },
  { date = 2010-02-14, name = "春节" },
  { date = 2010-02-15, name = "春节" },
  { date = 2010-02-16, name = "春节" },
  { date = 2010-02-17, name = "春节" },
  { date = 2010-02-18, name = "春节" },
  { date = 2010-02-19, name = "春节" },
  { date = 2010-04-03, name = "清明节" },
  { date = 2010-04-04, name = "清明节" },
  { date = 2010-04-05, name = "清明节" },
  { date = 2010-05-01, name = "劳动节" },
  { date = 2010-05-02, name = "劳动节" },
  { date = 2010-05-03, name = "劳动节" },
  { date = 2010-06-14, name = "端午节" },
  { date = 2010-06-15, name = "端午节" },
  { date = 2010-06-16, name = "端午节" },
  { date = 2010-09-22, name = "中秋节" },
  { date = 2010-09-23, name = "中秋节" },
  { date = 2010-09-24, name = "中秋节" },
  { date = 2010-10-01, name = "国庆节" },
  { date = 2010-10-02, name = "国庆节" },
  { date = 2010-10-03, name = "国庆节" },
  { date = 2010-10-04, name = "国庆节" },
  { date = 2010-10-05, name = "国庆节" },
  { date = 2010-10-06, name = "国庆节" },
  { date = 2010-10-07, name = "国庆节" },
  { date = 2011-01-01, name = "元旦" },
  { date = 2011-01-02, name = "元旦" },
  { date = 2011-01-03, name = "元旦" },
  { date = 2011-02-02, name = "春节" },
  { date = 2011-02-03, name = "春节" },
  { date = 2011-02-04, name = "春节" },
  { date = 2011-02-05, name = "春节" },
  { date = 2011-02-06, name = "春节" },
  { date = 2011-02-07, name = "春节" },
  { date = 2011-02-08, name = "春节" },
  { date = 2011-04-03, name = "清明节" },
  { date = 2011-04-04, name = "清明节" },
  { date = 2011-04-05, name = "清明节" },
  { date = 2011-04-30, name = "劳动节" },
  { date = 2011-05-01, name = "劳动节" },
  { date = 2011-05-02, name = "劳动节" },
  { date = 2011-06-04, name = "端午节" },
  { date = 2011-06-06, name = "端午节" },
  { date = 2011-09-10, name = "中秋节" },
  { date = 2011-09-11, name = "中秋节" },
  { date = 2011-09-12, name = "中秋节" },
  { date = 2011-10-01, name = "国庆节" },
  { date = 2011-10-02, name = "国庆节" },
  { date = 2011-10-03, name = "国庆节" },
  { date = 2011-10-04, name = "国庆节" },
  { date = 2011-10-05, name = "国庆节" },
  { date = 2011-10-06, name = "国庆节" },
  { date = 2011-10-07, name = "国庆节" },
  { date = 2012-01-01, name = "元旦" },
  { date = 2012-01-02, name = "元旦" },
  { date = 2012-01-03, name = "元旦" },
  { date = 2012-01-22, name = "春节" },
  { date = 2012-01-23, name = "春节" },
  { date = 2012-01-24, name = "春节" },
  { date = 2012-01-25, name = "春节" },
  { date = 2012-01-26, name = "春节" },
  { date = 2012-01-27, name = "春节" },
  { date = 2012-01-28, name = "春节" },
  { date = 2012-04-02, name = "清明节" },
  { date = 2012-04-03, name = "清明节" },
  { date = 2012-04-04, name = "清明节" },
  { date = 2012-04-29, name = "劳动节" },
  { date = 2012-04-30, name = "劳动节" },
  { date = 2012-05-01, name = "劳动节" },
  { date = 2012-06-22, name = "端午节" },
  { date = 2012-06-24, name = "端午节" },
  { date = 2012-09-30, name = "中秋节" },
  { date = 2012-10-01, name = "国庆节" },
  { date = 2012-10-02, name = "国庆节" },
  { date = 2012-10-03, name = "国庆节" },
  { date = 2012-10-04, name = "国庆节" },
  { date = 2012-10-05, name = "国庆节" },
  { date = 2012-10-06, name = "国庆节" },
  { date = 2012-10-07, name = "国庆节" },
  { date = 2013-01-01, name = "元旦" },
  { date = 2013-01-02, name = "元旦" },
  { date = 2013-01-03, name = "元旦" },
  { date = 2013-02-09, name = "春节" },
  { date = 2013-02-10, name = "春节" },
  { date = 2013-02-11, name = "春节" },
  { date = 2013-02-12, name = "春节" },
  { date = 2013-02-13, name = "春节" },
  { date = 2013-02-14, name = "春节" },
  { date = 2013-02-15, name = "春节" },
  { date = 2013-04-04, name = "清明节" },
  { date = 2013-04-05, name = "清明节" },
  { date = 2013-04-06, name = "清明节" },
  { date = 2013-04-29, name = "劳动节" },
  { date = 2013-04-30, name = "劳动节" },
  { date = 2013-05-01, name = "劳动节" },
  { date = 2013-06-10, name = "端午节" },
  { date = 2013-06-11, name = "端午节" },
  { date = 2013-06-12, name = "端午节" },
  { date = 2013-09-19, name = "中秋节" },
  { date = 2013-09-20, name = "中秋节" },
  { date = 2013-09-21, name = "中秋节" },
  { date = 2013-10-01, name = "国庆节" },
  { date = 2013-10-02, name = "国庆节" },
  { date = 2013-10-03, name = "国庆节" },
  { date = 2013-10-04, name = "国庆节" },
  { date = 2013-10-05, name = "国庆节" },
  { date = 2013-10-06, name = "国庆节" },
  { date = 2013-10-07, name = "国庆节" },
  { date = 2014-01-01, name = "元旦" },
  { date = 2014-01-31, name = "春节" },
  { date = 2014-02-01, name = "春节" },
  { date = 2014-02-02, name = "春节" },
  { date = 2014-02-03, name = "春节" },
  { date = 2014-02-04, name = "春节" },
  { date = 2014-02-05, name = "春节" },
  { date = 2014-02-06, name = "春节" },
  { date = 2014-04-05, name = "清明节" },
  { date = 2014-04-06, name = "清明节" },
  { date = 2014-04-07, name = "清明节" },
  { date = 2014-05-01, name = "劳动节" },
  { date = 2014-05-02, name = "劳动节" },
  { date = 2014-05-03, name = "劳动节" },
  { date = 2014-06-02, name = "端午节" },
  { date = 2014-09-08, name = "中秋节" },
  { date = 2014-10-01, name = "国庆节" },
  { date = 2014-10-02, name = "国庆节" },
  { date = 2014-10-03, name = "国庆节" },
  { date = 2014-10-04, name = "国庆节" },
  { date = 2014-10-05, name = "国庆节" },
  { date = 2014-10-06, name = "国庆节" },
  { date = 2014-10-07, name = "国庆节" },
  { date = 2015-01-01, name = "元旦" },
  { date = 2015-01-02, name = "元旦" },
  { date = 2015-01-03, name = "元旦" },
  { date = 2015-02-18, name = "春节" },
  { date = 2015-02-19, name = "春节" },
  { date = 2015-02-20, name = "春节" },
  { date = 2015-02-21, name = "春节" },
  { date = 2015-02-22, name = "春节" },
  { date = 2015-02-23, name = "春节" },
  { date = 2015-02-24, name = "春节" },
  { date = 2015-04-05, name = "清明节" },
  { date = 2015-04-06, name = "清明节" },
  { date = 2015-05-01, name = "劳动节" },
  { date = 2015-06-20, name = "端午节" },
  { date = 2015-06-22, name = "端午节" },
  { date = 2015-09-03, name = "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日" },
  { date = 2015-09-04, name = "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日" },
  { date = 2015-09-27, name = "中秋节" },
  { date = 2015-10-01, name = "国庆节" },
  { date = 2015-10-02, name = "国庆节" },
  { date = 2015-10-03, name = "国庆节" },
  { date = 2015-10-04, name = "国庆节" },
  { date = 2015-10-05, name = "国庆节" },
  { date = 2015-10-06, name = "国庆节" },
  { date = 2015-10-07, name = "国庆节" },
  { date = 2016-01-01, name = "元旦" },
  { date = 2016-02-07, name = "春节" },
  { date = 2016-02-08, name = "春节" },
  { date = 2016-02-09, name = "春节" },
  { date = 2016-02-10, name = "春节" },
  { date = 2016-02-11, name = "春节" },
  { date = 2016-02-12, name = "春节" },
  { date = 2016-02-13, name = "春节" },
  { date = 2016-04-04, name = "清明节" },
  { date = 2016-05-01, name = "劳动节" },
  { date = 2016-05-02, name = "劳动节" },
  { date = 2016-06-09, name = "端午节" },
  { date = 2016-06-10, name = "端午节" },
  { date = 2016-06-11, name = "端午节" },
  { date = 2016-09-15, name = "中秋节" },
  { date = 2016-09-16, name = "中秋节" },
  { date = 2016-09-17, name = "中秋节" },
  { date = 2016-10-01, name = "国庆节" },
  { date = 2016-10-02, name = "国庆节" },
  { date = 2016-10-03, name = "国庆节" },
  { date = 2016-10-04, name = "国庆节" },
  { date = 2016-10-05, name = "国庆节" },
  { date = 2016-10-06, name = "国庆节" },
  { date = 2016-10-07, name = "国庆节" },
  { date = 2017-01-01, name = "元旦" },
  { date = 2017-01-02, name = "元旦" },
  { date = 2017-01-27, name = "春节" },
  { date = 2017-01-28, name = "春节" },
  { date = 2017-01-29, name = "春节" },
  { date = 2017-01-30, name = "春节" },
  { date = 2017-01-31, name = "春节" },
  { date = 2017-02-01, name = "春节" },
  { date = 2017-02-02, name = "春节" },
  { date = 2017-04-02, name = "清明节" },
  { date = 2017-04-03, name = "清明节" },
  { date = 2017-04-04, name = "清明节" },
  { date = 2017-05-01, name = "劳动节" },
  { date = 2017-05-28, name = "端午节" },
  { date = 2017-05-29, name = "端午节" },
  { date = 2017-05-30, name = "端午节" },
  { date = 2017-10-01, name = "国庆节" },
  { date = 2017-10-02, name = "国庆节" },
  { date = 2017-10-03, name = "国庆节" },
  { date = 2017-10-04, name = "中秋节" },
  { date = 2017-10-05, name = "国庆节" },
  { date = 2017-10-06, name = "国庆节" },
  { date = 2017-10-07, name = "国庆节" },
  { date = 2017-10-08, name = "国庆节" },
  { date = 2018-01-01, name = "元旦" },
  { date = 2018-02-15, name = "春节" },
  { date = 2018-02-16, name = "春节" },
  { date = 2018-02-17, name = "春节" },
  { date = 2018-02-18, name = "春节" },
  { date = 2018-02-19, name = "春节" },
  { date = 2018-02-20, name = "春节" },
  { date = 2018-02-21, name = "春节" },
  { date = 2018-04-05, name = "清明节" },
  { date = 2018-04-06, name = "清明节" },
  { date = 2018-04-07, name = "清明节" },
  { date = 2018-04-29, name = "劳动节" },
  { date = 2018-04-30, name = "劳动节" },
  { date = 2018-05-01, name = "劳动节" },
  { date = 2018-06-18, name = "端午节" },
  { date = 2018-09-24, name = "中秋节" },
  { date = 2018-10-01, name = "国庆节" },
  { date = 2018-10-02, name = "国庆节" },
  { date = 2018-10-03, name = "国庆节" },
  { date = 2018-10-04, name = "国庆节" },
  { date = 2018-10-05, name = "国庆节" },
  { date = 2018-10-06, name = "国庆节" },
  { date = 2018-10-07, name = "国庆节" },
  { date = 2018-12-30, name = "元旦" },
  { date = 2018-12-31, name = "元旦" },
  { date = 2019-01-01, name = "元旦" },
  { date = 2019-02-04, name = "春节" },
  { date = 2019-02-05, name = "春节" },
  { date = 2019-02-06, name = "春节" },
  { date = 2019-02-07, name = "春节" },
  { date = 2019-02-08, name = "春节" },
  { date = 2019-02-09, name = "春节" },
  { date = 2019-02-10, name = "春节" },
  { date = 2019-04-05, name = "清明节" },
  { date = 2019-04-06, name = "清明节" },
  { date = 2019-04-07, name = "清明节" },
  { date = 2019-05-01, name = "劳动节" },
  { date = 2019-05-02, name = "劳动节" },
  { date = 2019-05-03, name = "劳动节" },
  { date = 2019-05-04, name = "劳动节" },
  { date = 2019-06-07, name = "端午节" },
  { date = 2019-06-08, name = "端午节" },
  { date = 2019-06-09, name = "端午节" },
  { date = 2019-09-13, name = "中秋节" },
  { date = 2019-09-14, name = "中秋节" },
  { date = 2019-09-15, name = "中秋节" },
  { date = 2019-10-01, name = "国庆节" },
  { date = 2019-10-02, name = "国庆节" },
  { date = 2019-10-03, name = "国庆节" },
  { date = 2019-10-04, name = "国庆节" },
  { date = 2019-10-05, name = "国庆节" },
  { date = 2019-10-06, name = "国庆节" },
  { date = 2019-10-07, name = "国庆节" },
  { date = 2020-01-01, name = "元旦" },
  { date = 2020-01-24, name = "春节" },
  { date = 2020-01-25, name = "春节" },
  { date = 2020-01-26, name = "春节" },
  { date = 2020-01-27, name = "春节" },
  { date = 2020-01-28, name = "春节" },
  { date = 2020-01-29, name = "春节" },
  { date = 2020-01-30, name = "春节" },
  { date = 2020-01-31, name = "春节" },
  { date = 2020-02-01, name = "春节" },
  { date = 2020-02-02, name = "春节" },
  { date = 2020-04-04, name = "清明节" },
  { date = 2020-04-05, name = "清明节" },
  { date = 2020-04-06, name = "清明节" },
  { date = 2020-05-01, name = "劳动节" },
  { date = 2020-05-02, name = "劳动节" },
  { date = 2020-05-03, name = "劳动节" },
  { date = 2020-05-04, name = "劳动节" },
  { date = 2020-05-05, name = "劳动节" },
  { date = 2020-06-25, name = "端午节" },
  { date = 2020-06-26, name = "端午节" },
  { date = 2020-06-27, name = "端午节" },
  { date = 2020-10-01, name = "国庆节" },
  { date = 2020-10-02, name = "国庆节" },
  { date = 2020-10-03, name = "国庆节" },
  { date = 2020-10-04, name = "国庆节" },
  { date = 2020-10-05, name = "国庆节" },
  { date = 2020-10-06, name = "国庆节" },
  { date = 2020-10-07, name = "国庆节" },
  { date = 2020-10-08, name = "国庆节" },
  { date = 2021-01-01, name = "元旦" },
  { date = 2021-01-02, name = "元旦" },
  { date = 2021-01-03, name = "元旦" },
  { date = 2021-02-11, name = "春节" },
  { date = 2021-02-12, name = "春节" },
  { date = 2021-02-13, name = "春节" },
  { date = 2021-02-14, name = "春节" },
  { date = 2021-02-15, name = "春节" },
  { date = 2021-02-16, name = "春节" },
  { date = 2021-02-17, name = "春节" },
  { date = 2021-04-03, name = "清明节" },
  { date = 2021-04-04, name = "清明节" },
  { date = 2021-04-05, name = "清明节" },
  { date = 2021-05-01, name = "劳动节" },
  { date = 2021-05-02, name = "劳动节" },
  { date = 2021-05-03, name = "劳动节" },
  { date = 2021-05-04, name = "劳动节" },
  { date = 2021-05-05, name = "劳动节" },
  { date = 2021-06-12, name = "端午节" },
  { date = 2021-06-13, name = "端午节" },
  { date = 2021-06-14, name = "端午节" },
  { date = 2021-09-19, name = "中秋节" },
  { date = 2021-09-20, name = "中秋节" },
  { date = 2021-09-21, name = "中秋节" },
  { date = 2021-10-01, name = "国庆节" },
  { date = 2021-10-02, name = "国庆节" },
  { date = 2021-10-03, name = "国庆节" },
  { date = 2021-10-04, name = "国庆节" },
  { date = 2021-10-05, name = "国庆节" },
  { date = 2021-10-06, name = "国庆节" },
  { date = 2021-10-07, name = "国庆节" },
  { date = 2022-01-01, name = "元旦" },
  { date = 2022-01-02, name = "元旦" },
  { date = 2022-01-03, name = "元旦" },
  { date = 2022-01-31, name = "春节" },
  { date = 2022-02-01, name = "春节" },
  { date = 2022-02-02, name = "春节" },
  { date = 2022-02-03, name = "春节" },
  { date = 2022-02-04, name = "春节" },
  { date = 2022-02-05, name = "春节" },
  { date = 2022-02-06, name = "春节" },
  { date = 2022-04-03, name = "清明节" },
  { date = 2022-04-04, name = "清明节" },
  { date = 2022-04-05, name = "清明节" },
  { date = 2022-04-30, name = "劳动节" },
  { date = 2022-05-01, name = "劳动节" },
  { date = 2022-05-02, name = "劳动节" },
  { date = 2022-05-03, name = "劳动节" },
  { date = 2022-05-04, name = "劳动节" },
  { date = 2022-06-03, name = "端午节" },
  { date = 2022-06-04, name = "端午节" },
  { date = 2022-06-05, name = "端午节" },
  { date = 2022-09-10, name = "中秋节" },
  { date = 2022-09-11, name = "中秋节" },
  { date = 2022-09-12, name = "中秋节" },
  { date = 2022-10-01, name = "国庆节" },
  { date = 2022-10-02, name = "国庆节" },
  { date = 2022-10-03, name = "国庆节" },
  { date = 2022-10-04, name = "国庆节" },
  { date = 2022-10-05, name = "国庆节" },
  { date = 2022-10-06, name = "国庆节" },
  { date = 2022-10-07, name = "国庆节" },
  { date = 2022-12-31, name = "元旦" },
  { date = 2023-01-01, name = "元旦" },
  { date = 2023-01-02, name = "元旦" },
  { date = 2023-01-21, name = "春节" },
  { date = 2023-01-22, name = "春节" },
  { date = 2023-01-23, name = "春节" },
  { date = 2023-01-24, name = "春节" },
  { date = 2023-01-25, name = "春节" },
  { date = 2023-01-26, name = "春节" },
  { date = 2023-01-27, name = "春节" },
  { date = 2023-04-05, name = "清明节" },
  { date = 2023-04-29, name = "劳动节" },
  { date = 2023-04-30, name = "劳动节" },
  { date = 2023-05-01, name = "劳动节" },
  { date = 2023-05-02, name = "劳动节" },
  { date = 2023-05-03, name = "劳动节" },
  { date = 2023-06-22, name = "端午节" },
  { date = 2023-06-23, name = "端午节" },
  { date = 2023-06-24, name = "端午节" },
  { date = 2023-09-29, name = "中秋节" },
  { date = 2023-09-30, name = "国庆节" },
  { date = 2023-10-01, name = "国庆节" },
  { date = 2023-10-02, name = "国庆节" },
  { date = 2023-10-03, name = "国庆节" },
  { date = 2023-10-04, name = "国庆节" },
  { date = 2023-10-05, name = "国庆节" },
  { date = 2023-10-06, name = "国庆节" },
  { date = 2023-12-30, name = "元旦" },
  { date = 2023-12-31, name = "元旦" },
  { date = 2024-01-01, name = "元旦" },
  { date = 2024-02-10, name = "春节" },
  { date = 2024-02-11, name = "春节" },
  { date = 2024-02-12, name = "春节" },
  { date = 2024-02-13, name = "春节" },
  { date = 2024-02-14, name = "春节" },
  { date = 2024-02-15, name = "春节" },
  { date = 2024-02-16, name = "春节" },
  { date = 2024-02-17, name = "春节" },
  { date = 2024-04-04, name = "清明节" },
  { date = 2024-04-05, name = "清明节" },
  { date = 2024-04-06, name = "清明节" },
  { date = 2024-05-01, name = "劳动节" },
  { date = 2024-05-02, name = "劳动节" },
  { date = 2024-05-03, name = "劳动节" },
  { date = 2024-05-04, name = "劳动节" },
  { date = 2024-05-05, name = "劳动节" },
  { date = 2024-06-10, name = "端午节" },
  { date = 2024-09-15, name = "中秋节" },
  { date = 2024-09-16, name = "中秋节" },
  { date = 2024-09-17, name = "中秋节" },
  { date = 2024-10-01, name = "国庆节" },
  { date = 2024-10-02, name = "国庆节" },
  { date = 2024-10-03, name = "国庆节" },
  { date = 2024-10-04, name = "国庆节" },
  { date = 2024-10-05, name = "国庆节" },
  { date = 2024-10-06, name = "国庆节" },
  { date = 2024-10-07, name = "国庆节" },
  { date = 2025-01-01, name = "元旦" },
  { date = 2025-01-28, name = "春节" },
  { date = 2025-01-29, name = "春节" },
  { date = 2025-01-30, name = "春节" },
  { date = 2025-01-31, name = "春节" },
  { date = 2025-02-01, name = "春节" },
  { date = 2025-02-02, name = "春节" },
  { date = 2025-02-03, name = "春节" },
  { date = 2025-02-04, name = "春节" },
  { date = 2025-04-04, name = "清明节" },
  { date = 2025-04-05, name = "清明节" },
  { date = 2025-04-06, name = "清明节" },
  { date = 2025-05-01, name = "劳动节" },
  { date = 2025-05-02, name = "劳动节" },
  { date = 2025-05-03, name = "劳动节" },
  { date = 2025-05-04, name = "劳动节" },
  { date = 2025-05-05, name = "劳动节" },
  { date = 2025-05-31, name = "端午节" },
  { date = 2025-06-01, name = "端午节" },
  { date = 2025-06-02, name = "端午节" },
  { date = 2025-10-01, name = "国庆节" },
  { date = 2025-10-02, name = "国庆节" },
  { date = 2025-10-03, name = "国庆节" },
  { date = 2025-10-04, name = "国庆节" },
  { date = 2025-10-05, name = "国庆节" },
  { date = 2025-10-06, name = "中秋节" },
  { date = 2025-10-07, name = "国庆节" },
  { date = 2025-10-08, name = "国庆节" },
  { date = 2026-01-01, name = "元旦" },
  { date = 2026-01-02, name = "元旦" },
  { date = 2026-01-03, name = "元旦" },
  { date = 2026-02-15, name = "春节" },
  { date = 2026-02-16, name = "春节" },
  { date = 2026-02-17, name = "春节" },
  { date = 2026-02-18, name = "春节" },
  { date = 2026-02-19, name = "春节" },
  { date = 2026-02-20, name = "春节" },
  { date = 2026-02-21, name = "春节" },
  { date = 2026-02-22, name = "春节" },
  { date = 2026-02-23, name = "春节" },
  { date = 2026-04-04, name = "清明节" },
  { date = 2026-04-05, name = "清明节" },
  { date = 2026-04-06, name = "清明节" },
  { date = 2026-05-01, name = "劳动节" },
  { date = 2026-05-02, name = "劳动节" },
  { date = 2026-05-03, name = "劳动节" },
  { date = 2026-05-04, name = "劳动节" },
  { date = 2026-05-05, name = "劳动节" },
  { date = 2026-06-19, name = "端午节" },
  { date = 2026-06-20, name = "端午节" },
  { date = 2026-06-21, name = "端午节" },
  { date = 2026-09-25, name = "中秋节" },
  { date = 2026-09-26, name = "中秋节" },
  { date = 2026-09-27, name = "中秋节" },
  { date = 2026-10-01, name = "国庆节" },
  { date = 2026-10-02, name = "国庆节" },
  { date = 2026-10-03, name = "国庆节" },
  { date = 2026-10-04, name = "国庆节" },
  { date = 2026-10-05, name = "国庆节" },
  { date = 2026-10-06, name = "国庆节" },
  { date = 2026-10-07, name = "国庆节" },
  { date = 2027-01-01, name = "元旦" },
  { date = 2027-02-05, name = "春节" },
  { date = 2027-02-06, name = "春节" },
  { date = 2027-02-07, name = "春节" },
  { date = 2027-02-08, name = "春节" },
  { date = 2027-04-05, name = "清明节" },
  { date = 2027-05-01, name = "劳动节" },
  { date = 2027-05-02, name = "劳动节" },
  { date = 2027-06-09, name = "端午节" },
  { date = 2027-09-15, name = "中秋节" },
  { date = 2027-10-01, name = "国庆节" },
  { date = 2027-10-02, name = "国庆节" },
  { date = 2027-10-03, name = "国庆节" },
  { date = 2028-01-01, name = "元旦" },
  { date = 2028-01-25, name = "春节" },
  { date = 2028-01-26, name = "春节" },
  { date = 2028-01-27, name = "春节" },
  { date = 2028-01-28, name = "春节" },
  { date = 2028-04-04, name = "清明节" },
  { date = 2028-05-01, name = "劳动节" },
  { date = 2028-05-02, name = "劳动节" },
  { date = 2028-05-28, name = "端午节" },
  { date = 2028-10-01, name = "国庆节" },
  { date = 2028-10-02, name = "国庆节" },
  { date = 2028-10-03, name = "国庆节、中秋节" },
]
make_up = [
  { date = 2004-01-17, name = "春节" },
  { date = 2004-01-18, name = "春节" },
  { date = 2004-05-08, name = "劳动节" },
  { date = 2004-05-09, name = "劳动节" },
  { date = 2004-10-09, name = "国庆节" },
  { date = 2004-10-10, name = "国庆节" },
  { date = 2005-02-05, name = "春节" },
  { date = 2005-02-06, name = "春节" },
  { date = 2005-04-30, name = "劳动节" },
  { date = 2005-05-08, name = "劳动节" },
  { date = 2005-10-08, name = "国庆节" },
  { date = 2005-10-09, name = "国庆节" },
  { date = 2006-01-28, name = "春节" },
  { date = 2006-02-05, name = "春节" },
  { date = 2006-04-29, name = "劳动节" },
  { date = 2006-04-30, name = "劳动节" },
  { date = 2006-09-30, name = "国庆节" },
  { date = 2006-10-08, name = "国庆节" },
  { date = 2006-12-30, name = "元旦" },
  { date = 2006-12-31, name = "元旦" },
  { date = 2007-02-17, name = "春节" },
  { date = 2007-02-25, name = "春节" },
  { date = 2007-04-28, name = "劳动节" },
  { date = 2007-04-29, name = "劳动节" },
  { date = 2007-09-29, name = "国庆节" },
  { date = 2007-09-30, name = "国庆节" },
  { date = 2007-12-29, name = "元旦" },
  { date = 2008-02-02, name = "春节" },
  { date = 2008-02-03, name = "春节" },
  { date = 2008-05-04, name = "劳动节" },
  { date = 2008-09-27, name = "国庆节" },
  { date = 2008-09-28, name = "国庆节" },
  { date = 2009-01-04, name = "元旦" },
  { date = 2009-01-24, name = "春节" },
  { date = 2009-02-01, name = "春节" },
  { date = 2009-05-31, name = "端午节" },
  { date = 2009-09-27, name = "国庆节" },
  { date = 2009-10-10, name = "国庆节" },
  { date = 2010-02-20, name = "春节" },
  { date = 2010-02-21, name = "春节" },
  { date = 2010-06-12, name = "端午节" },
  { date = 2010-06-13, name = "端午节" },
  { date = 2010-09-19, name = "中秋节" },
  { date = 2010-09-25, name = "中秋节" },
  { date = 2010-09-26, name = "国庆节" },
  { date = 2010-10-09, name = "国庆节" },
  { date = 2011-01-30, name = "春节" },
  { date = 2011-02-12, name = "春节" },
  { date = 2011-04-02, name = "清明节" },
  { date = 2011-10-08, name = "国庆节" },
  { date = 2011-10-09, name = "国庆节" },
  { date = 2011-12-31, name = "元旦" },
  { date = 2012-01-21, name = "春节" },
  { date = 2012-01-29, name = "春节" },
  { date = 2012-03-31, name = "清明节" },
  { date = 2012-04-01, name = "清明节" },
  { date = 2012-04-28, name = "劳动节" },
  { date = 2012-09-29, name = "国庆节" },
  { date = 2013-01-05, name = "元旦" },
  { date = 2013-01-06, name = "元旦" },
  { date = 2013-02-16, name = "春节" },
  { date = 2013-02-17, name = "春节" },
  { date = 2013-04-07, name = "清明节" },
  { date = 2013-04-27, name = "劳动节" },
  { date = 2013-04-28, name = "劳动节" },
  { date = 2013-06-08, name = "端午节" },
  { date = 2013-06-09, name = "端午节" },
  { date = 2013-09-22, name = "中秋节" },
  { date = 2013-09-29, name = "国庆节" },
  { date = 2013-10-12, name = "国庆节" },
  { date = 2014-01-26, name = "春节" },
  { date = 2014-02-08, name = "春节" },
  { date = 2014-05-04, name = "劳动节" },
  { date = 2014-09-28, name = "国庆节" },
  { date = 2014-10-11, name = "国庆节" },
  { date = 2015-01-04, name = "元旦" },
  { date = 2015-02-15, name = "春节" },
  { date = 2015-02-28, name = "春节" },
  { date = 2015-09-06, name = "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日" },
  { date = 2015-10-10, name = "国庆节" },
  { date = 2016-02-06, name = "春节" },
  { date = 2016-02-14, name = "春节" },
  { date = 2016-06-12, name = "端午节" },
  { date = 2016-09-18, name = "中秋节" },
  { date = 2016-10-08, name = "国庆节" },
  { date = 2016-10-09, name = "国庆节" },
  { date = 2017-01-22, name = "春节" },
  { date = 2017-02-04, name = "春节" },
  { date = 2017-04-01, name = "清明节" },
  { date = 2017-05-27, name = "端午节" },
  { date = 2017-09-30, name = "国庆节" },
  { date = 2018-02-11, name = "春节" },
  { date = 2018-02-24, name = "春节" },
  { date = 2018-04-08, name = "清明节" },
  { date = 2018-04-28, name = "劳动节" },
  { date = 2018-09-29, name = "国庆节" },
  { date = 2018-09-30, name = "国庆节" },
  { date = 2018-12-29, name = "元旦" },
  { date = 2019-02-02, name = "春节" },
  { date = 2019-02-03, name = "春节" },
  { date = 2019-04-28, name = "劳动节" },
  { date = 2019-05-05, name = "劳动节" },
  { date = 2019-09-29, name = "国庆节" },
  { date = 2019-10-12, name = "国庆节" },
  { date = 2020-01-19, name = "春节" },
  { date = 2020-04-26, name = "劳动节" },
  { date = 2020-05-09, name = "劳动节" },
  { date = 2020-06-28, name = "端午节" },
  { date = 2020-09-27, name = "国庆节" },
  { date = 2020-10-10, name = "国庆节" },
  { date = 2021-02-07, name = "春节" },
  { date = 2021-02-20, name = "春节" },
  { date = 2021-04-25, name = "劳动节" },
  { date = 2021-05-08, name = "劳动节" },
  { date = 2021-09-18, name = "中秋节" },
  { date = 2021-09-26, name = "国庆节" },
  { date = 2021-10-09, name = "国庆节" },
  { date = 2022-01-29, name = "春节" },
  { date = 2022-01-30, name = "春节" },
  { date = 2022-04-02, name = "清明节" },
  { date = 2022-04-24, name = "劳动节" },
  { date = 2022-05-07, name = "劳动节" },
  { date = 2022-10-08, name = "国庆节" },
  { date = 2022-10-09, name = "国庆节" },
  { date = 2023-01-28, name = "春节" },
  { date = 2023-01-29, name = "春节" },
  { date = 2023-04-23, name = "劳动节" },
  { date = 2023-05-06, name = "劳动节" },
  { date = 2023-06-25, name = "端午节" },
  { date = 2023-10-07, name = "国庆节" },
  { date = 2023-10-08, name = "国庆节" },
  { date = 2024-02-04, name = "春节" },
  { date = 2024-02-18, name = "春节" },
  { date = 2024-04-07, name = "清明节" },
  { date = 2024-04-28, name = "劳动节" },
  { date = 2024-05-11, name = "劳动节" },
  { date = 2024-09-14, name = "中秋节" },
  { date = 2024-09-29, name = "国庆节" },
  { date = 2024-10-12, name = "国庆节" },
  { date = 2025-01-26, name = "春节" },
  { date = 2025-02-08, name = "春节" },
  { date = 2025-04-27, name = "劳动节" },
  { date = 2025-09-28, name = "国庆节" },
  { date = 2025-10-11, name = "国庆节" },
  { date = 2026-01-04, name = "元旦" },
  { date = 2026-02-14, name = "春节" },
  { date = 2026-02-28, name = "春节" },
  { date = 2026-05-09, name = "劳动节" },
  { date = 2026-09-20, name = "国庆节" },
  { date = 2026-10-10, name = "国庆节" },
]
closed = []
hours = [
  { from = "01-01", to = "12-31", spans = ["08:30-12:00", "14:30-17:30"] },
]
hours_on = []
',0,1539568800000000);
CREATE TABLE counter (
    division TEXT NOT NULL,
    unit TEXT NOT NULL,
    day TEXT NOT NULL,
    purpose TEXT NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (division, unit, day, purpose)
);
INSERT INTO "counter" VALUES('410800','GSJ','20181015','case',2);
INSERT INTO "counter" VALUES('410800','GSJ','20181024','case',2);
INSERT INTO "counter" VALUES('410800','GSJ','20181126','case',4);
INSERT INTO "counter" VALUES('410800','GSJ','20181126','order',2);
CREATE TABLE division (
    division TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);
INSERT INTO "division" VALUES('410800','焦作市');
CREATE TABLE event (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    kind TEXT NOT NULL,
    occurred_at_us BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    payload TEXT NOT NULL,
    hash_algorithm TEXT NOT NULL CHECK (hash_algorithm IN ('sm3', 'sha256')),
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    feed_group BIGINT NOT NULL,
    source_key TEXT,
    PRIMARY KEY (division, subject, seq)
);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',1,'received',1539568800000000,1539568800000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":1,"occurred_at_us":1539568800000000,"recorded_at_us":1539568800000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"c5d601d13a566bad9520a2ec6ac38c4cd20c07c164bda5a4bd143091261e4cf8","kind":"received","data":{"item":"GSJ-001","item_version":1,"unit":"GSJ"}}','sm3','0000000000000000000000000000000000000000000000000000000000000000','8db821b48172bafcf416249ed8d9275e67488f7b0d40b8812be4b6390d09920e',1,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',2,'accepted',1539568800000000,1539568800000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":2,"occurred_at_us":1539568800000000,"recorded_at_us":1539568800000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"accepted","data":{"item_version":1}}','sm3','8db821b48172bafcf416249ed8d9275e67488f7b0d40b8812be4b6390d09920e','df481f206a5d3326c5fc675594b0c516e13594c620a82ba999b468f0043897ec',2,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',3,'stop_opened',1539651600000000,1539651600000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":3,"occurred_at_us":1539651600000000,"recorded_at_us":1539651600000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"stop_opened","data":{"stop":1,"procedure":"hearing","notice":"听字1号","term":"5wd"}}','sm3','df481f206a5d3326c5fc675594b0c516e13594c620a82ba999b468f0043897ec','95f3910a9ba197a43dc2ebfc19c36d5a786b49bb3166a516dac3a9f9b56ccd34',3,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',4,'stop_closed',1539846000000000,1539846000000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":4,"occurred_at_us":1539846000000000,"recorded_at_us":1539846000000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"stop_closed","data":{"stop":1}}','sm3','95f3910a9ba197a43dc2ebfc19c36d5a786b49bb3166a516dac3a9f9b56ccd34','7598c9bb17b81f172cdfb115917253b503c481551e35f632a2c9606261f0e9cf',4,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',5,'extended',1539846000000000,1539846000000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":5,"occurred_at_us":1539846000000000,"recorded_at_us":1539846000000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"extended","data":{"working_days":3,"approver":"孙局长","reason":"情况复杂","notice":"延字1号"}}','sm3','7598c9bb17b81f172cdfb115917253b503c481551e35f632a2c9606261f0e9cf','06316584737ce92128bb2678c45f06e61d5ee542732b77c6d913a292d64b5c81',5,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',6,'stage_completed',1539914400000000,1539914400000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":6,"occurred_at_us":1539914400000000,"recorded_at_us":1539914400000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"handling"}}','sm3','06316584737ce92128bb2678c45f06e61d5ee542732b77c6d913a292d64b5c81','a93ce9a3f62965624a57be8ff5ff22e59612bf169c040963631d475a4cf0243e',6,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',7,'stage_completed',1539914400000000,1539914400000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":7,"occurred_at_us":1539914400000000,"recorded_at_us":1539914400000000,"by":"R1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"review"}}','sm3','a93ce9a3f62965624a57be8ff5ff22e59612bf169c040963631d475a4cf0243e','1c243d8b39b30ad1982b489fa955892ff10158ca94fd7932b7fac4a5c9dfa071',7,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',8,'sent_back',1540173600000000,1540173600000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":8,"occurred_at_us":1540173600000000,"recorded_at_us":1540173600000000,"by":"P1","calendar":"cn-2026.1","rules":1,"kind":"sent_back","data":{"to":"handling","reason":"材料矛盾"}}','sm3','1c243d8b39b30ad1982b489fa955892ff10158ca94fd7932b7fac4a5c9dfa071','14701d693ba7dd5cba86060a76785d3788968d8fd6c0637d2d76b519156b729f',8,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',9,'stage_completed',1540173600000000,1540173600000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":9,"occurred_at_us":1540173600000000,"recorded_at_us":1540173600000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"handling"}}','sm3','14701d693ba7dd5cba86060a76785d3788968d8fd6c0637d2d76b519156b729f','6720577eea78ade2dac284e6efb137cd46e0dfff302bababc6955ff89b7032d5',9,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',10,'stage_completed',1540260000000000,1540260000000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":10,"occurred_at_us":1540260000000000,"recorded_at_us":1540260000000000,"by":"R1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"review"}}','sm3','6720577eea78ade2dac284e6efb137cd46e0dfff302bababc6955ff89b7032d5','ae346da61b2cc7b63ed1de29f5bf63abc9ee8259659c81fa55ad982f8cc55ff8',10,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',11,'stage_completed',1540260000000000,1540260000000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":11,"occurred_at_us":1540260000000000,"recorded_at_us":1540260000000000,"by":"P1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"approval","outcome":"granted","document":{"number":"准字1号"}}}','sm3','ae346da61b2cc7b63ed1de29f5bf63abc9ee8259659c81fa55ad982f8cc55ff8','abc87692bb69b4d870f065a14e3fd8fc8bc4a705d456318200736e42f4c17981',11,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',12,'stage_completed',1540260000000000,1540260000000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":12,"occurred_at_us":1540260000000000,"recorded_at_us":1540260000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"stage_completed","data":{"stage":"completion"}}','sm3','abc87692bb69b4d870f065a14e3fd8fc8bc4a705d456318200736e42f4c17981','1bcfc9f34077d1fedfc1f40f484855090bf025e759c132573eaf796c33038baf',12,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181015-0001',13,'delivered',1540346400000000,1540346400000000,'{"division":"410800","subject":"410800-GSJ-20181015-0001","seq":13,"occurred_at_us":1540346400000000,"recorded_at_us":1540346400000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"delivered"}','sm3','1bcfc9f34077d1fedfc1f40f484855090bf025e759c132573eaf796c33038baf','b57ba3f6c7361333eecf9803febba843d0de0005ed0a629986be5203f7b9d8fe',13,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',1,'received',1540350000000000,1540350000000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":1,"occurred_at_us":1540350000000000,"recorded_at_us":1540350000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"fa5d817202411301f5fb531928ddf4e97c8d1f0c7613efee5220ac0934084669","kind":"received","data":{"item":"GSJ-002","item_version":1,"unit":"GSJ"}}','sm3','0000000000000000000000000000000000000000000000000000000000000000','94e9e2eead98c1f9cdcd1b106ada9ee5dba96ae5e74342ff0d3e75a2c60d3262',14,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',2,'correction_notified',1540350000000000,1540350000000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":2,"occurred_at_us":1540350000000000,"recorded_at_us":1540350000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"correction_notified","data":{"missing":["营业执照","章程"]}}','sm3','94e9e2eead98c1f9cdcd1b106ada9ee5dba96ae5e74342ff0d3e75a2c60d3262','59294f1a49ae7f0e7ea5c716f6d740369302888bb528bd4437ef94ee0641c725',15,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',3,'supplied',1540515600000000,1540515600000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":3,"occurred_at_us":1540515600000000,"recorded_at_us":1540515600000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"supplied"}','sm3','59294f1a49ae7f0e7ea5c716f6d740369302888bb528bd4437ef94ee0641c725','c5f97fb75b075cd7a8b876a16d14916e62ef0dac1061bb72b466d15890e7545f',16,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',4,'deemed_accepted',1541174400000000,1541984400000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":4,"occurred_at_us":1541174400000000,"recorded_at_us":1541984400000000,"calendar":"cn-2026.1","rules":1,"kind":"deemed_accepted","data":{"item_version":1}}','sm3','c5f97fb75b075cd7a8b876a16d14916e62ef0dac1061bb72b466d15890e7545f','aad6bcd2ec58e48921565ee44d6d195338ee9d79d4962dd8d2e47c4dfc942c1f',17,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',5,'warning_raised',1541174400000000,1541984400000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":5,"occurred_at_us":1541174400000000,"recorded_at_us":1541984400000000,"calendar":"cn-2026.1","rules":1,"kind":"warning_raised","data":{"rule":"promised-notice","rules_version":1,"level":"notice","clock":"promised","occurrence":4,"due_at_us":1541174400000000,"limit_at_us":1540915200000000,"effective_at_us":1541174400000000,"pending":false}}','sm3','aad6bcd2ec58e48921565ee44d6d195338ee9d79d4962dd8d2e47c4dfc942c1f','76d9018c32ef5dbe739060cff4bccec383614a4670e1baf64a00775a8f4f6391',17,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',6,'limit_passed',1541174400000000,1541984400000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":6,"occurred_at_us":1541174400000000,"recorded_at_us":1541984400000000,"calendar":"cn-2026.1","rules":1,"kind":"limit_passed","data":{"clock":"promised","occurrence":4,"limit_at_us":1541174400000000,"effective_at_us":1541174400000000}}','sm3','76d9018c32ef5dbe739060cff4bccec383614a4670e1baf64a00775a8f4f6391','309c85c72f2fcd5862ff3e5d79a25ea0fa5df06253e1abb377242565d858a1bc',17,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',7,'warning_raised',1541174400000000,1541984400000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":7,"occurred_at_us":1541174400000000,"recorded_at_us":1541984400000000,"calendar":"cn-2026.1","rules":1,"kind":"warning_raised","data":{"rule":"promised-yellow","rules_version":1,"level":"yellow","clock":"promised","occurrence":4,"due_at_us":1541174400000000,"limit_at_us":1541174400000000,"effective_at_us":1541174400000000,"pending":false}}','sm3','309c85c72f2fcd5862ff3e5d79a25ea0fa5df06253e1abb377242565d858a1bc','2f201eafa8b37740c93118d7fed2897c179d8f758f3394296f7197705c683464',17,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',8,'stage_completed',1541728800000000,1541984400000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":8,"occurred_at_us":1541728800000000,"recorded_at_us":1541984400000000,"by":"H1","calendar":"cn-2026.1","rules":1,"late_reason":"系统停运","kind":"stage_completed","data":{"stage":"handling"}}','sm3','2f201eafa8b37740c93118d7fed2897c179d8f758f3394296f7197705c683464','10b3bdeea95e29975e8d0f6bc7f999907bb9a31f05036330486d4638c251c270',18,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',9,'event_annulled',1541984400000000,1541984400000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":9,"occurred_at_us":1541984400000000,"recorded_at_us":1541984400000000,"by":"H1","calendar":"cn-2026.1","rules":1,"kind":"event_annulled","data":{"target":8,"reason":"录入有误"}}','sm3','10b3bdeea95e29975e8d0f6bc7f999907bb9a31f05036330486d4638c251c270','ccf25c5ead9a7840eacc9ecff71aecbda924b9997e033b51656dca0d0a34c2ee',19,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',10,'limit_passed',1542988800000000,1543194000000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":10,"occurred_at_us":1542988800000000,"recorded_at_us":1543194000000000,"calendar":"cn-2026.1","rules":1,"kind":"limit_passed","data":{"clock":"statutory","occurrence":4,"limit_at_us":1542988800000000,"effective_at_us":1542988800000000}}','sm3','ccf25c5ead9a7840eacc9ecff71aecbda924b9997e033b51656dca0d0a34c2ee','e01f73da27692395b7430d7a0496355649ee08df4bf2f727cf120c060517c95a',20,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181024-0001',11,'warning_raised',1542988800000000,1543194000000000,'{"division":"410800","subject":"410800-GSJ-20181024-0001","seq":11,"occurred_at_us":1542988800000000,"recorded_at_us":1543194000000000,"calendar":"cn-2026.1","rules":1,"kind":"warning_raised","data":{"rule":"statutory-red","rules_version":1,"level":"red","clock":"statutory","occurrence":4,"due_at_us":1542988800000000,"limit_at_us":1542988800000000,"effective_at_us":1542988800000000,"pending":false}}','sm3','e01f73da27692395b7430d7a0496355649ee08df4bf2f727cf120c060517c95a','9808a44be35042ad18d03bed144860f44b408dfb20250c311073633cae21885a',20,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181126-0001',1,'received',1543197600000000,1543197600000000,'{"division":"410800","subject":"410800-GSJ-20181126-0001","seq":1,"occurred_at_us":1543197600000000,"recorded_at_us":1543197600000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"790a1228dfcf37c2650038fca52b3dcf885121fe5b3bcadc76f1f0baf60599d6","kind":"received","data":{"item":"GSJ-001","item_version":1,"unit":"GSJ"}}','sm3','0000000000000000000000000000000000000000000000000000000000000000','3b896a0b6f6fcef62df264b6c3945501310df0f302fc83421063eda5583f0f5b',21,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181126-0001',2,'not_accepted',1543197600000000,1543197600000000,'{"division":"410800","subject":"410800-GSJ-20181126-0001","seq":2,"occurred_at_us":1543197600000000,"recorded_at_us":1543197600000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"not_accepted","data":{"reason":"不属本机关职权"}}','sm3','3b896a0b6f6fcef62df264b6c3945501310df0f302fc83421063eda5583f0f5b','1acabb69857bb2cc9ea4c643e0bc284acdb2c65ba6ba996fca346abba31cb7d5',22,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181126-0002',1,'received',1543201200000000,1543201200000000,'{"division":"410800","subject":"410800-GSJ-20181126-0002","seq":1,"occurred_at_us":1543201200000000,"recorded_at_us":1543201200000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"9af4345712b9a72f3c643d9b2d7e14d9ecdb3f86c73f12fe38192950ba4c725d","kind":"received","data":{"item":"GSJ-001","item_version":1,"unit":"GSJ"}}','sm3','0000000000000000000000000000000000000000000000000000000000000000','7d6ecbed4dd66e180b14e312362c668922d09b6290449be03427ae7ada045efd',23,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181126-0002',2,'accepted',1543201200000000,1543201200000000,'{"division":"410800","subject":"410800-GSJ-20181126-0002","seq":2,"occurred_at_us":1543201200000000,"recorded_at_us":1543201200000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"accepted","data":{"item_version":1}}','sm3','7d6ecbed4dd66e180b14e312362c668922d09b6290449be03427ae7ada045efd','66c21c753493d1f258dd3e54e6701011f75f6334ea9da03000627a76623393e1',24,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181126-0002',3,'closed',1543201200000000,1543201200000000,'{"division":"410800","subject":"410800-GSJ-20181126-0002","seq":3,"occurred_at_us":1543201200000000,"recorded_at_us":1543201200000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"closed","data":{"outcome":"withdrawn","reason":"申请人撤回"}}','sm3','66c21c753493d1f258dd3e54e6701011f75f6334ea9da03000627a76623393e1','16f38990303b738963b50f7af05b5adf419f278b1f9be9ce8365f28cf086335b',25,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181126-0003',1,'received',1543212000000000,1543212000000000,'{"division":"410800","subject":"410800-GSJ-20181126-0003","seq":1,"occurred_at_us":1543212000000000,"recorded_at_us":1543212000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"personal":"380dc68ebe9827f2c47928b455c730b7ad5247edb041c4c54b0a9e51eb5f973c","kind":"received","data":{"item":"GSJ-001","item_version":1,"unit":"GSJ"}}','sm3','0000000000000000000000000000000000000000000000000000000000000000','1941336c90bd1339554a764688b8e408a26ba166f1dfa907b5cadfd2287d94d3',26,NULL);
INSERT INTO "event" VALUES('410800','410800-GSJ-20181126-0003',2,'accepted',1543212000000000,1543212000000000,'{"division":"410800","subject":"410800-GSJ-20181126-0003","seq":2,"occurred_at_us":1543212000000000,"recorded_at_us":1543212000000000,"by":"C1","calendar":"cn-2026.1","rules":1,"kind":"accepted","data":{"item_version":1}}','sm3','1941336c90bd1339554a764688b8e408a26ba166f1dfa907b5cadfd2287d94d3','34adffa081c5c767035401d13c047450e2999273f618f32040c7d4428a41750a',27,NULL);
INSERT INTO "event" VALUES('410800','DB-410800-GSJ-20181126-0001',1,'order_issued',1543212000000000,1543212000000000,'{"division":"410800","subject":"DB-410800-GSJ-20181126-0001","seq":1,"occurred_at_us":1543212000000000,"recorded_at_us":1543212000000000,"by":"I1","calendar":"cn-2026.1","rules":1,"kind":"order_issued","data":{"unit":"GSJ","text":"请说明原因","term":"3wd","about":"410800-GSJ-20181024-0001"}}','sm3','0000000000000000000000000000000000000000000000000000000000000000','bff02c3abdff41ddeb73ab12c999b9ff4a2542d99e95815436935416c0bd4a52',28,NULL);
CREATE TABLE item (
    division TEXT NOT NULL,
    item TEXT NOT NULL,
    version BIGINT NOT NULL,
    valid_from_us BIGINT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    promised_amount BIGINT NOT NULL,
    promised_unit TEXT NOT NULL,
    statutory_amount BIGINT,
    statutory_unit TEXT,
    handling BIGINT,
    review BIGINT,
    approval BIGINT,
    completion BIGINT,
    basis TEXT NOT NULL,
    day0_rule TEXT NOT NULL,
    statutory_end TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (division, item, version)
);
INSERT INTO "item" VALUES('410800','GSJ-001',1,1539568800000000,'企业设立登记','GSJ','committed','approval',7,'working_days',10,'working_days',3,2,1,1,'行政许可法第四十二条','material_complete','decision','{}');
INSERT INTO "item" VALUES('410800','GSJ-002',1,1539568800000000,'食品流通许可','GSJ','committed','approval',5,'working_days',20,'working_days',NULL,NULL,NULL,NULL,'行政许可法第四十二条','material_complete','decision','{}');
INSERT INTO "item" VALUES('410800','GSJ-003',1,1539568800000000,'企业名称预先核准','GSJ','immediate','approval',0,'working_days',1,'working_days',NULL,NULL,NULL,NULL,'行政许可法第四十二条','material_complete','decision','{}');
INSERT INTO "item" VALUES('410800','GSJ-004',1,1539568800000000,'建设项目联合审批','GSJ','joint','approval',30,'working_days',45,'working_days',20,5,3,2,'行政许可法第四十二条第二款','material_complete','decision','{}');
INSERT INTO "item" VALUES('410800','HBJ-001',1,1539568800000000,'危险废物经营许可初审','HBJ','forwarded','approval',15,'working_days',20,'working_days',8,4,2,1,'行政许可法第四十三条','material_complete','decision','{}');
INSERT INTO "item" VALUES('410800','HBJ-002',1,1539568800000000,'排污许可','HBJ','committed','approval',20,'natural_days',29,'natural_days',NULL,NULL,NULL,NULL,'行政许可法第四十二条','material_complete','decision','{}');
INSERT INTO "item" VALUES('410800','GTJ-001',1,1539568800000000,'采矿许可登记','GTJ','committed','approval',20,'working_days',1,'months',NULL,NULL,NULL,NULL,'行政许可法第四十二条','acceptance_paper','completion','{}');
INSERT INTO "item" VALUES('410800','GTJ-002',1,1539568800000000,'土地登记资料查询','GTJ','immediate','service',8,'working_hours',NULL,NULL,NULL,NULL,NULL,NULL,'土地登记资料公开查询办法','material_complete','decision','{}');
CREATE TABLE job (
    job TEXT NOT NULL PRIMARY KEY,
    watermark_us BIGINT NOT NULL
);
CREATE TABLE job_run (
    job TEXT NOT NULL,
    scheduled_at_us BIGINT NOT NULL,
    owner TEXT NOT NULL,
    started_at_us BIGINT NOT NULL,
    lease_until_us BIGINT NOT NULL,
    finished_at_us BIGINT,
    outcome TEXT,
    error TEXT,
    PRIMARY KEY (job, scheduled_at_us)
);
CREATE TABLE message (
    division TEXT NOT NULL,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    address TEXT NOT NULL,
    channel TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'given_up')),
    attempts BIGINT NOT NULL,
    next_try_at_us BIGINT,
    last_error TEXT,
    lease_owner TEXT,
    lease_until_us BIGINT,
    created_at_us BIGINT NOT NULL,
    sent_at_us BIGINT,
    PRIMARY KEY (division, message_id)
);
INSERT INTO "message" VALUES('410800','662015c44d4213568e545f266dd79300@localhost','B1','b1@example.cn','mail','【试运行】【红牌1 黄牌1 督办1】2条时限提醒、1件督办，请及时办理','孙局长：

请及时办理以下事项（工作日数截至2018年11月26日）：

■ 红牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   法定时限，11月23日 周五 24:00前，已超 1 个工作日

◆ 黄牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）

督办 1 件
1. DB-410800-GSJ-20181126-0001
   督办，11月29日 周四 24:00前，剩 3 个工作日

--
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
','<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">孙局长：</p>
<p style="margin:0 0 16px;">请及时办理以下事项（工作日数截至2018年11月26日）：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">法定时限<br><span style="white-space:nowrap;">11月23日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 1 个工作日</td>
</tr>

</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#8a6100;background-color:#fff3c4;padding:2px 10px;white-space:nowrap;">◆ 黄牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>

</table>
<p style="margin:0 0 8px;"><b>督办 1</b></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">DB-410800-GSJ-20181126-0001</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">督办<br><span style="white-space:nowrap;">11月29日 周四 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;">剩 3 个工作日</td>
</tr>

</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
','sent',1,NULL,NULL,NULL,NULL,1543212000000000,1543212000000000);
INSERT INTO "message" VALUES('410800','bfbc34e1b211a898b086726fdf93f5cc@localhost','H1','h1@example.cn','mail','【试运行】【红牌1 黄牌1 预警1】3条时限提醒，请及时办理','张承办：

请及时办理以下事项（工作日数截至2018年11月26日）：

■ 红牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   法定时限，11月23日 周五 24:00前，已超 1 个工作日

◆ 黄牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）

● 预警 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）

--
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
','<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">张承办：</p>
<p style="margin:0 0 16px;">请及时办理以下事项（工作日数截至2018年11月26日）：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">法定时限<br><span style="white-space:nowrap;">11月23日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 1 个工作日</td>
</tr>

</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#8a6100;background-color:#fff3c4;padding:2px 10px;white-space:nowrap;">◆ 黄牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>

</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#0b4f9e;background-color:#e3efff;padding:2px 10px;white-space:nowrap;">● 预警 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>

</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
','sent',1,NULL,NULL,NULL,NULL,1543212000000000,1543212000000000);
INSERT INTO "message" VALUES('410800','241a975d081ae8bb8f6338eb4f0626b8@localhost','H2','h2@example.cn','mail','【试运行】【红牌1 黄牌1 预警1】3条时限提醒，请及时办理','李代班：

请及时办理以下事项（工作日数截至2018年11月26日）：

■ 红牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   法定时限，11月23日 周五 24:00前，已超 1 个工作日

◆ 黄牌 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）

● 预警 1 件
1. 410800-GSJ-20181024-0001“食品流通许可”
   承诺时限，11月2日 周五 24:00前，已超 6 个工作日（截至11月12日）

--
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
','<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">李代班：</p>
<p style="margin:0 0 16px;">请及时办理以下事项（工作日数截至2018年11月26日）：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">法定时限<br><span style="white-space:nowrap;">11月23日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 1 个工作日</td>
</tr>

</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#8a6100;background-color:#fff3c4;padding:2px 10px;white-space:nowrap;">◆ 黄牌 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>

</table>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#0b4f9e;background-color:#e3efff;padding:2px 10px;white-space:nowrap;">● 预警 1</span></p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
<tr>
<td width="46%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">410800-GSJ-20181024-0001<br>食品流通许可</td>
<td width="30%" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">承诺时限<br><span style="white-space:nowrap;">11月2日 周五 24:00前</span></td>
<td width="24%" valign="top" align="right" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;white-space:nowrap;font-weight:bold;">已超 6 个工作日（截至11月12日）</td>
</tr>

</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
','sent',1,NULL,NULL,NULL,NULL,1543212000000000,1543212000000000);
INSERT INTO "message" VALUES('410800','e85bd98622b5fe47a82416a17b194cb9@localhost','I1','i1@example.cn','mail','【试运行】【红牌】办件410800-GSJ-20181024-0001“食品流通许可”已超过法定时限1个工作日，请立即办理','周监察：

■ 红牌  办件410800-GSJ-20181024-0001“食品流通许可”

法定时限：11月23日 周五 24:00前，已超 1 个工作日。
本件现在“承办”环节，责任人：张承办。
请立即办理。

责任单位：工商行政管理局
到期日期：2018年11月23日
监察规则：已超过法定时限。（statutory-red）
依    据：行政许可法第四十二条第一款
依    据：行政许可法第四十二条第二款
依    据：行政许可法第七十四条第二项
依    据：行政许可法第八十二条
触发时刻：2018年11月23日 24:00
记录时刻：2018年11月26日 09:00（剩余和超期的工作日数截至当日）

--
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
','<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">周监察：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌</span></p>
<p style="margin:0 0 4px;">办件 410800-GSJ-20181024-0001“食品流通许可”</p>
<p style="margin:0 0 4px;">法定时限：<b>11月23日 周五 24:00前</b></p>
<p style="margin:0 0 12px;font-size:24px;line-height:36px;font-weight:bold;color:#a3121f;">已超 1 个工作日</p>
<p style="margin:0 0 16px;">本件现在“承办”环节，责任人：张承办。请立即办理。</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">责任单位</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">工商行政管理局</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">到期日期</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月23日</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">监察规则</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">已超过法定时限。（statutory-red）</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">依据</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第四十二条第一款</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第四十二条第二款</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第七十四条第二项</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第八十二条</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">触发时刻</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月23日 24:00</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">记录时刻</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月26日 09:00（剩余和超期的工作日数截至当日）</td>
</tr>

</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
','sent',1,NULL,NULL,NULL,NULL,1543212000000000,1543212000000000);
INSERT INTO "message" VALUES('410800','7ee3e6ca71bb5613342acfd5cf29f4d7@localhost','L1','l1@example.cn','mail','【试运行】【红牌】办件410800-GSJ-20181024-0001“食品流通许可”已超过法定时限1个工作日，请立即办理','吴领导：

■ 红牌  办件410800-GSJ-20181024-0001“食品流通许可”

法定时限：11月23日 周五 24:00前，已超 1 个工作日。
本件现在“承办”环节，责任人：张承办。
请立即办理。

责任单位：工商行政管理局
到期日期：2018年11月23日
监察规则：已超过法定时限。（statutory-red）
依    据：行政许可法第四十二条第一款
依    据：行政许可法第四十二条第二款
依    据：行政许可法第七十四条第二项
依    据：行政许可法第八十二条
触发时刻：2018年11月23日 24:00
记录时刻：2018年11月26日 09:00（剩余和超期的工作日数截至当日）

--
焦作市行政效能电子监察中心 行政审批电子监察系统
本邮件由系统自动发出，请勿直接回复。
试运行：本邮件由试运行系统发出，不作为办理依据。
','<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>行政审批电子监察系统</title>
</head>
<body style="margin:0;padding:0;background-color:#f6f8fa;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f6f8fa">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:640px;border:1px solid #d0d7de;">
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-bottom:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;">焦作市行政效能电子监察中心<span style="color:#d0d7de;">&nbsp;│&nbsp;</span>行政审批电子监察系统</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:8px 24px;border-bottom:1px dashed #57606a;font-size:14px;line-height:21px;color:#1b1f24;"><b>试运行</b>：本邮件由试运行系统发出，不作为办理依据。</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:20px 24px 24px;font-size:16px;line-height:24px;color:#1b1f24;">
<p style="margin:0 0 16px;">吴领导：</p>
<p style="margin:0 0 8px;"><span style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;font-size:14px;font-weight:bold;color:#a3121f;background-color:#ffe3e3;padding:2px 10px;white-space:nowrap;">■ 红牌</span></p>
<p style="margin:0 0 4px;">办件 410800-GSJ-20181024-0001“食品流通许可”</p>
<p style="margin:0 0 4px;">法定时限：<b>11月23日 周五 24:00前</b></p>
<p style="margin:0 0 12px;font-size:24px;line-height:36px;font-weight:bold;color:#a3121f;">已超 1 个工作日</p>
<p style="margin:0 0 16px;">本件现在“承办”环节，责任人：张承办。请立即办理。</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">责任单位</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">工商行政管理局</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">到期日期</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月23日</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">监察规则</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">已超过法定时限。（statutory-red）</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">依据</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第四十二条第一款</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第四十二条第二款</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第七十四条第二项</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;"></td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">行政许可法第八十二条</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">触发时刻</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月23日 24:00</td>
</tr>

<tr>
<td width="104" valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;width:104px;padding:6px 12px 6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#57606a;white-space:nowrap;">记录时刻</td>
<td valign="top" style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:6px 0;border-top:1px solid #d0d7de;font-size:14px;line-height:21px;color:#1b1f24;">2018年11月26日 09:00（剩余和超期的工作日数截至当日）</td>
</tr>

</table>
</td></tr>
<tr><td style="font-family:''PingFang SC'',''Microsoft YaHei'',''Noto Sans CJK SC'',''Segoe UI'',sans-serif;padding:12px 24px;border-top:1px solid #d0d7de;font-size:12px;line-height:18px;color:#57606a;">本邮件由系统自动发出，请勿直接回复。</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
','sent',1,NULL,NULL,NULL,NULL,1543212000000000,1543212000000000);
CREATE TABLE message_item (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('warning', 'order', 'digest')),
    level TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('free', 'composed', 'dropped')),
    dropped_reason TEXT,
    message_id TEXT,
    created_at_us BIGINT NOT NULL,
    PRIMARY KEY (division, subject, seq, recipient, channel)
);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',5,'H1','mail','warning','notice','{"note":"warning","level":"notice","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-10-30T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-notice","rule_text":"距承诺时限只剩两个工作日或更少，请抓紧办理。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}','composed',NULL,'bfbc34e1b211a898b086726fdf93f5cc@localhost',1541984400000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',5,'H2','mail','warning','notice','{"note":"warning","level":"notice","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-10-30T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-notice","rule_text":"距承诺时限只剩两个工作日或更少，请抓紧办理。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}','composed',NULL,'241a975d081ae8bb8f6338eb4f0626b8@localhost',1541984400000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',7,'H1','mail','warning','yellow','{"note":"warning","level":"yellow","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-11-02T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-yellow","rule_text":"已超过承诺时限，请立即办理并说明原因。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}','composed',NULL,'bfbc34e1b211a898b086726fdf93f5cc@localhost',1541984400000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',7,'H2','mail','warning','yellow','{"note":"warning","level":"yellow","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-11-02T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-yellow","rule_text":"已超过承诺时限，请立即办理并说明原因。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}','composed',NULL,'241a975d081ae8bb8f6338eb4f0626b8@localhost',1541984400000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',7,'B1','mail','warning','yellow','{"note":"warning","level":"yellow","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"承诺时限","due_on":"2018-11-02","due_at":"2018-11-02T16:00:00Z","limit_at":"2018-11-02T16:00:00Z","left_working_days":null,"over_working_days":6,"rule":"promised-yellow","rule_text":"已超过承诺时限，请立即办理并说明原因。","basis":["行政许可法第四十二条第一款","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-12T01:00:00Z","path":null}','composed',NULL,'662015c44d4213568e545f266dd79300@localhost',1541984400000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',11,'H1','mail','warning','red','{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}','composed',NULL,'bfbc34e1b211a898b086726fdf93f5cc@localhost',1543194000000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',11,'H2','mail','warning','red','{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}','composed',NULL,'241a975d081ae8bb8f6338eb4f0626b8@localhost',1543194000000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',11,'B1','mail','warning','red','{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}','composed',NULL,'662015c44d4213568e545f266dd79300@localhost',1543194000000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',11,'I1','mail','warning','red','{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}','composed',NULL,'e85bd98622b5fe47a82416a17b194cb9@localhost',1543194000000000);
INSERT INTO "message_item" VALUES('410800','410800-GSJ-20181024-0001',11,'L1','mail','warning','red','{"note":"warning","level":"red","case_number":"410800-GSJ-20181024-0001","item_name":"食品流通许可","unit_name":"工商行政管理局","stage":"handling","clock":"法定时限","due_on":"2018-11-23","due_at":"2018-11-23T16:00:00Z","limit_at":"2018-11-23T16:00:00Z","left_working_days":null,"over_working_days":1,"rule":"statutory-red","rule_text":"已超过法定时限。","basis":["行政许可法第四十二条第一款","行政许可法第四十二条第二款","行政许可法第七十四条第二项","行政许可法第八十二条"],"persons":["张承办"],"recorded_at":"2018-11-26T01:00:00Z","path":null}','composed',NULL,'7ee3e6ca71bb5613342acfd5cf29f4d7@localhost',1543194000000000);
INSERT INTO "message_item" VALUES('410800','DB-410800-GSJ-20181126-0001',1,'B1','mail','order',NULL,'{"note":"order","kind":"issued","order_number":"DB-410800-GSJ-20181126-0001","case_number":"410800-GSJ-20181024-0001","item_name":null,"unit_name":"工商行政管理局","demand":"请说明原因","reason":null,"due_on":"2018-11-29","due_at":"2018-11-29T16:00:00Z","left_working_days":3,"issued_by":"周监察","basis":[],"recorded_at":"2018-11-26T06:00:00Z","path":null}','composed',NULL,'662015c44d4213568e545f266dd79300@localhost',1543212000000000);
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO "meta" VALUES('trial','1');
INSERT INTO "meta" VALUES('books_edition','2-754fbffc7339ccbe');
INSERT INTO "meta" VALUES('trial_now_us','1543212000000000');
CREATE TABLE person (
    division TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    role TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    posts TEXT NOT NULL,
    stand_in TEXT,
    stand_in_from_us BIGINT,
    stand_in_to_us BIGINT,
    stand_in_paper TEXT,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (division, person)
);
INSERT INTO "person" VALUES('410800','C1','王窗口','GSJ','clerk','c1@example.cn',NULL,'acceptance completion',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES('410800','H1','张承办','GSJ','staff','h1@example.cn',NULL,'handling','H2',1293811200000000,1609430400000000,'工商〔2011〕1号',1);
INSERT INTO "person" VALUES('410800','H2','李代班','GSJ','staff','h2@example.cn',NULL,'',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES('410800','R1','赵审核','GSJ','staff','r1@example.cn',NULL,'review',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES('410800','P1','钱批准','GSJ','staff','p1@example.cn',NULL,'approval',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES('410800','B1','孙局长','GSJ','head','b1@example.cn',NULL,'',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES('410800','H3','冯承办','HBJ','staff',NULL,NULL,'handling',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES('410800','B3','郑局长','HBJ','head','b3@example.cn',NULL,'',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES('410800','I1','周监察','*','inspector','i1@example.cn',NULL,'',NULL,NULL,NULL,NULL,1);
INSERT INTO "person" VALUES('410800','L1','吴领导','*','leader','l1@example.cn',NULL,'',NULL,NULL,NULL,NULL,1);
CREATE TABLE personal (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    seq BIGINT NOT NULL,
    salt BLOB NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (division, subject, seq)
);
INSERT INTO "personal" VALUES('410800','410800-GSJ-20181015-0001',1,X'16B1092BAD4CB0DCD27D25AD8938BEDB26BD3A271AD5A552EBACC4A295245573','{"applicant":"张三","id_number":null}');
INSERT INTO "personal" VALUES('410800','410800-GSJ-20181024-0001',1,X'30AACEEF87C432A007AA377984A07D1A593B2648FE0F0F95372F19D90BD9E8A4','{"applicant":"李四","id_number":null}');
INSERT INTO "personal" VALUES('410800','410800-GSJ-20181126-0001',1,X'2D5C2239C19044355D2176321C21FCA4502795372E559A9B39631711564CAC50','{"applicant":"王五","id_number":null}');
INSERT INTO "personal" VALUES('410800','410800-GSJ-20181126-0002',1,X'66853FE27C9233F98171F51E4612FD2AB2C52D8813626898577D507CDCC44512','{"applicant":"赵六","id_number":null}');
INSERT INTO "personal" VALUES('410800','410800-GSJ-20181126-0003',1,X'8C94CCC1996E076BC209DCB519B9652C370DEE704742382B0E6E2E6439255588','{"applicant":"孙七","id_number":null}');
CREATE TABLE revision (
    revision TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('calendar', 'rules')),
    from_version TEXT NOT NULL,
    to_version TEXT NOT NULL,
    started_at_us BIGINT NOT NULL,
    finished_at_us BIGINT,
    cursor_division TEXT,
    cursor_subject TEXT,
    looked_at BIGINT NOT NULL,
    dates_moved BIGINT NOT NULL,
    annulled BIGINT NOT NULL,
    raised BIGINT NOT NULL
);
CREATE TABLE revision_trace (
    division TEXT NOT NULL,
    revision TEXT NOT NULL,
    subject TEXT NOT NULL,
    clock TEXT NOT NULL,
    due_before_us BIGINT,
    due_after_us BIGINT,
    PRIMARY KEY (division, revision, subject, clock)
);
CREATE TABLE ruleset (
    version BIGINT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    in_force_from_us BIGINT NOT NULL,
    loaded_at_us BIGINT NOT NULL
);
INSERT INTO "ruleset" VALUES(1,'# Rule set `limits` (the default): by kind of limit.
#
# A notice when the promised limit comes near, a yellow card after the promised limit or a
# stage''s, a red card after the statutory one. The circle of those told grows with the level:
# handler and stand-in; the head of the unit; inspectors and leaders.
# `limits-full` watches the other periods too (acceptance, delivery, special procedures …).
#
# Keys of a [[rule]]:
#   id       small letters, digits, hyphens; never reused for another meaning
#   element  acceptance promised statutory stage stage-handling stage-review stage-approval
#            stage-completion stop suspension correction delivery partner order appeal complaint
#   level    notice (预警), yellow (黄牌) or red (红牌)
#   when     before_working_days = N   at 00:00 of the first day with N working days left or fewer
#            used_percent = P          at 00:00 of the first day on which P % of the term is used
#            (both together: whichever comes first)
#            after_working_days = N    N working days after the due date; 0 = at the due instant
#   tell     handler stand-in head inspector leader
#   issue    at-once, or wait-for-inspector: the card is pending until an inspector issues it
#   order    { term = "5wd", text = "…" }: a supervision order that goes out with the card
#   basis    keys of config/law/*.toml
#   text, text_en   what people read on the card

name = "limits"

# Terms: wd working days, d natural days, m months, h working hours, min working minutes.
[periods]
acceptance = "5wd"                        # 行政许可法 art. 32
delivery   = "10wd"                       # art. 44
forwarded  = "20wd"                       # art. 43
extension_cap_working_days       = 10     # art. 42 ¶1, by the organ''s own head
joint_extension_cap_working_days = 15     # art. 42 ¶2, by the head of the same-level government
# correction = "30d"                      # the law sets none; add it where a local rule does
# partner    = "10wd"                     # for the opinion of a partner unit; local as well

# ---- The whole case ----

[[rule]]
id      = "promised-notice"
element = "promised"
level   = "notice"
before_working_days = 2
tell    = ["handler", "stand-in"]
issue   = "at-once"
basis   = ["permit-law-42-1", "permit-law-82"]
text    = "距承诺时限只剩两个工作日或更少，请抓紧办理。"
text_en = "Two working days or less are left of the promised limit."

[[rule]]
id      = "promised-yellow"
element = "promised"
level   = "yellow"
after_working_days = 0
tell    = ["handler", "stand-in", "head"]
issue   = "at-once"
basis   = ["permit-law-42-1", "permit-law-82"]
text    = "已超过承诺时限，请立即办理并说明原因。"
text_en = "The promised limit has passed: act now and say why."

[[rule]]
id      = "statutory-red"
element = "statutory"
level   = "red"
after_working_days = 0
tell    = ["handler", "stand-in", "head", "inspector", "leader"]
issue   = "at-once"
basis   = ["permit-law-42-1", "permit-law-42-2", "permit-law-74-2", "permit-law-82"]
text    = "已超过法定时限。"
text_en = "The statutory limit has passed."

# ---- One stage ----

[[rule]]
id      = "stage-yellow"
element = "stage"
level   = "yellow"
after_working_days = 0
tell    = ["handler", "stand-in", "head"]
issue   = "at-once"
basis   = ["permit-law-42-1", "permit-law-82"]
text    = "本环节已超过规定时限，请立即办理。"
text_en = "The limit of this stage has passed: act now."

# ---- Orders, appeals, complaints ----

[[rule]]
id      = "order-notice"
element = "order"
level   = "notice"
before_working_days = 1
tell    = ["handler", "stand-in", "head"]
issue   = "at-once"
basis   = ["permit-law-74-2"]
text    = "督办期限将到，请及时回复。"
text_en = "The term of the supervision order is about to end."

[[rule]]
id      = "order-yellow"
element = "order"
level   = "yellow"
after_working_days = 0
tell    = ["handler", "stand-in", "head", "inspector", "leader"]
issue   = "at-once"
basis   = ["permit-law-74-2"]
text    = "督办期限已过，仍未办结回复。"
text_en = "The term of the supervision order has passed without a reply."

[[rule]]
id      = "appeal-notice"
element = "appeal"
level   = "notice"
before_working_days = 1
tell    = ["handler", "stand-in", "inspector"]
issue   = "at-once"
basis   = ["permit-law-74-2"]
text    = "申诉答复期限将到。"
text_en = "The time to answer the appeal is about to end."

[[rule]]
id      = "complaint-notice"
element = "complaint"
level   = "notice"
before_working_days = 2
tell    = ["handler", "stand-in"]
issue   = "at-once"
basis   = ["permit-law-72-inform"]
text    = "投诉答复期限将到，请及时处理。"
text_en = "The time to answer the complaint is about to end."

[[rule]]
id      = "complaint-yellow"
element = "complaint"
level   = "yellow"
after_working_days = 0
tell    = ["handler", "stand-in", "head"]
issue   = "at-once"
basis   = ["permit-law-72-inform"]
text    = "已超过投诉答复期限。"
text_en = "The complaint has not been answered in time."
',0,1539568800000000);
CREATE TABLE subject (
    division TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('case', 'order')),
    unit TEXT NOT NULL,
    item TEXT,
    item_version BIGINT,
    about TEXT,
    state TEXT NOT NULL,
    stage TEXT,
    outcome TEXT,
    handler TEXT,
    received_at_us BIGINT NOT NULL,
    accepted_at_us BIGINT,
    decided_at_us BIGINT,
    completed_at_us BIGINT,
    promised_due_at_us BIGINT,
    statutory_due_at_us BIGINT,
    stage_due_at_us BIGINT,
    highest_level TEXT,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    next_alarm_us BIGINT,
    calendar_version TEXT NOT NULL,
    rules_version BIGINT NOT NULL,
    provisional BOOLEAN NOT NULL,
    source TEXT,
    PRIMARY KEY (division, subject)
);
INSERT INTO "subject" VALUES('410800','410800-GSJ-20181015-0001','case','GSJ','GSJ-001',1,NULL,'completed',NULL,'granted','C1',1539568800000000,1539568800000000,1540260000000000,1540260000000000,1541001600000000,1541433600000000,1540396800000000,NULL,13,'b57ba3f6c7361333eecf9803febba843d0de0005ed0a629986be5203f7b9d8fe',NULL,'cn-2026.1',1,0,NULL);
INSERT INTO "subject" VALUES('410800','410800-GSJ-20181024-0001','case','GSJ','GSJ-002',1,NULL,'open','handling',NULL,NULL,1540350000000000,1541174400000000,NULL,NULL,1541174400000000,1542988800000000,NULL,'red',11,'9808a44be35042ad18d03bed144860f44b408dfb20250c311073633cae21885a',NULL,'cn-2026.1',1,0,NULL);
INSERT INTO "subject" VALUES('410800','410800-GSJ-20181126-0001','case','GSJ','GSJ-001',1,NULL,'completed',NULL,'not_accepted',NULL,1543197600000000,NULL,NULL,1543197600000000,NULL,NULL,NULL,NULL,2,'1acabb69857bb2cc9ea4c643e0bc284acdb2c65ba6ba996fca346abba31cb7d5',NULL,'cn-2026.1',1,0,NULL);
INSERT INTO "subject" VALUES('410800','410800-GSJ-20181126-0002','case','GSJ','GSJ-001',1,NULL,'closed',NULL,'withdrawn',NULL,1543201200000000,1543201200000000,NULL,1543201200000000,1544025600000000,1544457600000000,1543507200000000,NULL,3,'16f38990303b738963b50f7af05b5adf419f278b1f9be9ce8365f28cf086335b',NULL,'cn-2026.1',1,0,NULL);
INSERT INTO "subject" VALUES('410800','410800-GSJ-20181126-0003','case','GSJ','GSJ-001',1,NULL,'open','handling',NULL,NULL,1543212000000000,1543212000000000,NULL,NULL,1544025600000000,1544457600000000,1543507200000000,NULL,2,'34adffa081c5c767035401d13c047450e2999273f618f32040c7d4428a41750a',1543507200000000,'cn-2026.1',1,0,NULL);
INSERT INTO "subject" VALUES('410800','DB-410800-GSJ-20181126-0001','order','GSJ',NULL,NULL,'410800-GSJ-20181024-0001','issued',NULL,NULL,NULL,1543212000000000,NULL,NULL,NULL,NULL,NULL,1543507200000000,NULL,1,'bff02c3abdff41ddeb73ab12c999b9ff4a2542d99e95815436935416c0bd4a52',1543334400000000,'cn-2026.1',1,0,NULL);
CREATE TABLE unit (
    division TEXT NOT NULL,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    vertical BOOLEAN NOT NULL,
    hall TEXT,
    PRIMARY KEY (division, unit)
);
INSERT INTO "unit" VALUES('410800','GSJ','工商行政管理局','bureau',1,'H01');
INSERT INTO "unit" VALUES('410800','HBJ','环境保护局','bureau',0,'H01');
INSERT INTO "unit" VALUES('410800','GTJ','国土资源局','bureau',0,'H02');
CREATE INDEX person_unit ON person (division, unit, person);
CREATE UNIQUE INDEX event_source_key ON event (division, subject, source_key) WHERE source_key IS NOT NULL;
CREATE INDEX event_feed ON event (division, feed_group, subject, seq);
CREATE INDEX subject_alarm ON subject (division, next_alarm_us, subject) WHERE next_alarm_us IS NOT NULL;
CREATE INDEX subject_unit ON subject (division, unit, state, subject);
CREATE INDEX subject_about ON subject (division, about, subject) WHERE about IS NOT NULL;
CREATE INDEX message_item_free ON message_item (division, recipient, channel, subject, seq) WHERE state = 'free';
CREATE INDEX message_item_message ON message_item (division, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX message_queued ON message (division, next_try_at_us, message_id) WHERE state = 'queued';
COMMIT;
